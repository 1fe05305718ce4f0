"""What all tests share."""

import os

# One thread: the networks are tiny, and the cores are few. Set before torch is loaded.
os.environ.setdefault("OMP_NUM_THREADS", "1")
