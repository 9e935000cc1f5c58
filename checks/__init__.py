"""Comparisons with what nobody here wrote, and what programs write into docs/: make targets."""
