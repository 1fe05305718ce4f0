"""steps.npz: what observers recorded at each step."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from ablate.errors import AblateError
from ablate.files import write_whole
from ablate.runs.record import damaged, verified

NAME = "steps.npz"

Series = dict[str, np.ndarray]


def write(folder: str | Path, series: Mapping[str, np.ndarray]) -> None:
    """Write series by name."""
    with write_whole(Path(folder) / NAME) as draft:
        np.savez(draft, **series)


def read(folder: str | Path, keys: Iterable[str]) -> Series:
    """The series of these names, as training wrote them.

    Raises:
        AblateError: the file is absent, damaged, or was not asked to hold one of them.
    """
    with _opened(folder) as file:
        missing = [key for key in keys if key not in file]
        if missing:
            raise AblateError(
                f"{Path(folder) / NAME} has no series {', '.join(missing)}, only "
                f"{', '.join(file) or 'none at all'}. Let the study or family that shows this "
                "run have the observer (observers in config.yaml)."
            )
        return {key: file[key] for key in keys}


def holds(folder: str | Path, keys: Iterable[str]) -> bool:
    """Whether the run recorded all these series."""
    with _opened(folder) as file:
        return all(key in file for key in keys)


def _opened(folder: str | Path) -> np.lib.npyio.NpzFile:
    content = verified(folder, NAME)
    try:
        return np.load(io.BytesIO(content), allow_pickle=False)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise damaged(Path(folder) / NAME, f"cannot be read ({error})") from error
