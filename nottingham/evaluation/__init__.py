"""Evaluation of models, on real tunes and by the tunes they generate."""
