"""Pickles of plain data, read without the power to run anything."""

import io
import pickle
from typing import Any

import numpy as np

from ablate.errors import AblateError

_rebuild_array = np.empty(0).__reduce__()[0]
ALLOWED = {
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
    # numpy moved it; CIFAR-10 was pickled long before.
    ("numpy.core.multiarray", "_reconstruct"): _rebuild_array,
    ("numpy._core.multiarray", "_reconstruct"): _rebuild_array,
}


class _ArraysOnly(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in ALLOWED:
            raise pickle.UnpicklingError(f"names {module}.{name}")
        return ALLOWED[module, name]


def unpickle_arrays(content: bytes) -> dict[bytes, Any]:
    """Read a dict of numpy arrays, numbers, bytes and lists of them; Python 2's strings give bytes.

    Raises:
        AblateError: the pickle is damaged, no dict, or names any other class or function.
    """
    try:
        found = _ArraysOnly(io.BytesIO(content), encoding="bytes").load()
    except Exception as error:  # a damaged pickle can fail in any way
        raise AblateError(f"is refused: it is not a pickle of plain arrays: {error}") from None
    if not isinstance(found, dict):
        raise AblateError(f"is refused: it holds a {type(found).__name__}, not a dict")
    return found
