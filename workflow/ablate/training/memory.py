"""Whether an error says that memory is out: torch says it in more than one way."""

import torch

# How CUDA, its libraries and torch's CPU allocator say it, where they raise no error of its own.
NO_MEMORY = (
    "out of memory",
    "CUBLAS_STATUS_ALLOC_FAILED",
    "CUDNN_STATUS_ALLOC_FAILED",
    "can't allocate memory",
)


def is_out(error: BaseException) -> bool:
    """Whether `error` was raised because memory did not suffice."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in NO_MEMORY)
