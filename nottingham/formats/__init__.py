"""Notation in and out: readers beside writers of ABC, MIDI and MusicXML; engraving and sound."""
