"""Names that stand beside those of models."""

REAL = "real"
"""What stands for the real tunes where models are named."""
