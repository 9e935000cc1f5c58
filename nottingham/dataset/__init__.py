"""Tokens of whole tunes on disk, the split of the tunes, and segments cut from them."""
