"""Test images that are training images too: accuracies then look better than they are.

What packing finds lies beside the manifest, and only where there is something to say.
"""

import json
from pathlib import Path

import numpy as np

from ablate.data.canonical import digests
from ablate.data.manifest import Manifest
from ablate.errors import AblateError
from ablate.files import write_whole

FILE = "shared.json"


def note(arrays: dict[str, np.ndarray], manifest: Manifest, folder: str | Path) -> int:
    """How many test images are, pixel for pixel, among the training images; written down if any."""
    trained = np.unique(digests(arrays["train_images"]))
    count = int(np.isin(digests(arrays["test_images"]), trained).sum())
    path = Path(folder) / FILE
    if count:
        with write_whole(path) as draft:
            draft.write_text(
                json.dumps({"digest": manifest.digest, "test_images": count}) + "\n",
                encoding="utf-8",
            )
    return count


def caution(folder: Path) -> str | None:
    """What to say of packed images of which some are in both parts; None where none are known."""
    try:
        manifest = Manifest.read(folder / "manifest.json")
        found = json.loads((folder / FILE).read_text(encoding="utf-8"))
        if found["digest"] != manifest.digest:
            return None
        count = int(found["test_images"])
    except (AblateError, OSError, ValueError, LookupError, TypeError):
        return None
    return sentence(count, manifest.test)


def sentence(count: int, of: int) -> str:
    """That so many test images were trained on."""
    are = "is a training image" if count == 1 else "are training images"
    return (
        f"{count:,} of {of:,} test images {are} too, pixel for pixel: accuracies look better than "
        "they are."
    )
