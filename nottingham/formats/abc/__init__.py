"""ABC notation: tune books, fields, tokens, and a tune's melody as it is written."""
