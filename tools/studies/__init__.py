"""Studies: the pipeline run with other settings, as DVC experiments."""
