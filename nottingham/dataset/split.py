"""The parts of the split; `splitting` decides which tunes are in which."""

TRAIN, VALID, TEST = range(3)
NAMES = ("train", "valid", "test")
UNUSED = len(NAMES)
"""Training tunes that are left out."""
