"""Recurrent networks: cells, the network around them, and the models made of it."""
