"""Comparisons with what nobody here wrote; each has its make target."""
