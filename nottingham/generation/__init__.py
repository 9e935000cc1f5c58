"""New tunes out of models."""
