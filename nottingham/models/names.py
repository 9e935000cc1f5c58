"""Names that stand beside those of models."""

REAL = "real"
"""What stands for the real tunes where models are named."""
REAL_NOTES = f"{REAL} (notes)"
"""The same where the real tunes on a grid stand beside them."""
