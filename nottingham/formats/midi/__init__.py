"""Standard MIDI files: tracks, quantisation of their timing, reader and writer."""

CHORD = "chord: "
"""What stands before the symbol in a text event that is a chord symbol."""
