"""Packed images on disk: one uncompressed file, and a manifest that vouches for it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ablate.data.manifest import MAKE_AGAIN, Manifest
from ablate.errors import AblateError
from ablate.files import write_whole

IMAGES = "images.npz"
MANIFEST = "manifest.json"
ARRAYS = ("train_labels", "test_labels", "train_images", "test_images")


@dataclass(frozen=True, eq=False)
class Dataset:
    """Packed images: uint8 [n, 3, H, W], labels int64 [n], and their manifest."""

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    manifest: Manifest


def digest(arrays: dict[str, np.ndarray]) -> str:
    """sha256 over shapes, labels (little-endian int64) and pixels: hexadecimal, 64 characters."""
    running = hashlib.sha256()
    for name in ARRAYS:
        array = arrays[name]
        kind = np.dtype("<i8" if name.endswith("labels") else "u1")
        running.update(f"{name} {kind.str} {array.shape}\n".encode())
        running.update(np.ascontiguousarray(array, kind))
    return running.hexdigest()


def save(arrays: dict[str, np.ndarray], manifest: Manifest, folder: str | Path) -> None:
    """Write the arrays, then the manifest that vouches for them, each whole or not at all."""
    with write_whole(Path(folder) / IMAGES) as draft:
        np.savez(draft, **{name: arrays[name] for name in ARRAYS})
    with write_whole(Path(folder) / MANIFEST) as draft:
        draft.write_text(manifest.text(), encoding="utf-8")


def load(folder: str | Path) -> Dataset:
    """Read packed images and check them against their manifest."""
    manifest = Manifest.read(Path(folder) / MANIFEST)
    path = Path(folder) / IMAGES
    arrays = _read(path)
    if digest(arrays) != manifest.digest:
        raise AblateError(
            f"{path} does not hold the images that its manifest describes; {MAKE_AGAIN}"
        )
    return Dataset(**arrays, manifest=manifest)


def _read(path: Path) -> dict[str, np.ndarray]:
    try:
        with np.load(path, allow_pickle=False) as packed:
            return {name: packed[name] for name in ARRAYS}
    except FileNotFoundError:
        raise AblateError(f"{path} is missing; {MAKE_AGAIN}") from None
    except MemoryError:
        raise AblateError(f"{path} holds more images than fit in memory") from None
    except PermissionError as error:
        raise AblateError(f"{path} cannot be read: {error.strerror}") from None
    except Exception as error:  # a damaged zip can fail in any way
        raise AblateError(f"{path} is damaged ({error}); {MAKE_AGAIN}") from None
