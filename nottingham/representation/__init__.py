"""Tunes as tokens and back."""
