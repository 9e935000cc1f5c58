"""The command ``nottingham``: what a musician types."""
