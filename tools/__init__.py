"""Checks against what nobody here wrote, studies, and benchmarks: each has its make target."""
