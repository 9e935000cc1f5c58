"""Tunes to integers and back."""
