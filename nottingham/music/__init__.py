"""What music is: tunes, keys, notated measures, accidentals, note values."""
