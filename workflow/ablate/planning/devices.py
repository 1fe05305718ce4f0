"""Whether this machine has a CUDA GPU, as far as that shows without loading torch."""

from pathlib import Path

# What NVIDIA's driver leaves in the file system, and its stand-in under WSL.
TRACES = ("/proc/driver/nvidia/version", "/dev/nvidiactl", "/dev/dxg")


def cuda_is_likely() -> bool:
    """True where a driver's trace is found; torch has the last word when a job starts."""
    return any(Path(trace).exists() for trace in TRACES)
