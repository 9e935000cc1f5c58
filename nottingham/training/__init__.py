"""Training recurrent networks."""
