"""Nottingham: model and generate folk melodies."""
