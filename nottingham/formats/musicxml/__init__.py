"""MusicXML: files and their packing, the melody's part, its signs, its notes through music21."""
