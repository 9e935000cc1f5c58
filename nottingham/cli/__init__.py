"""The command ``nottingham``: what a musician types."""

import os

# One tune's matrices are small: threads would only wait for each other where cores are busy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
