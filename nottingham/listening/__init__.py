"""A page on which people hear the tunes: what models made of the same beginnings, and a blind test.

The page opens from disk, without a network: one HTML file, and beside it the folder `FILES` of
sounds, pictures and tunes to take along.
"""
