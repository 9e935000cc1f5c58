"""Comparisons with what nobody here wrote, fuzzing, and whether dvc.lock is stale."""
