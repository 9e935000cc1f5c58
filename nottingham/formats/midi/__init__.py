"""Standard MIDI files: tracks, quantisation of their timing, reader and writer."""
