"""Names that stand beside those of models."""

REAL = "real"
"""What stands for the real tunes where models are named."""
TRAINED = "training tunes"
"""The tunes that models learn from, where they stand beside what models write."""
REAL_NOTES = f"{REAL} (notes)"
"""The same where the real tunes on a grid stand beside them."""
