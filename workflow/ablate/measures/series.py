"""The step series that a training left in steps.npz."""

import contextlib
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np

from ablate.errors import AblateError
from ablate.paths import Results
from ablate.runs.run_files import damaged

Series = dict[str, np.ndarray]


def read(results: Results, run: str, seed: int, keys: Iterable[str]) -> Series:
    """The series of these names, as training wrote them.

    Raises:
        AblateError: the file is missing or damaged, or was not asked to hold one of them.
    """
    with _opened(results, run, seed) as (path, file):
        missing = [key for key in keys if key not in file]
        if missing:
            raise AblateError(
                f"{path} has no series {', '.join(missing)}, only "
                f"{', '.join(file) or 'none at all'}. Let the study or family that shows this "
                "run record it (observers: in config.yaml)."
            )
        return {key: file[key] for key in keys}


def holds(results: Results, run: str, seed: int, keys: Iterable[str]) -> bool:
    """Whether the run recorded all these series.

    Raises:
        AblateError: the file is missing or damaged.
    """
    with _opened(results, run, seed) as (_, file):
        return all(key in file for key in keys)


@contextlib.contextmanager
def _opened(results: Results, run: str, seed: int) -> Iterator[tuple[Path, Mapping]]:
    path = results.run(run, seed) / "steps.npz"
    try:
        with np.load(path, allow_pickle=False) as file:
            yield path, file
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise damaged(path, f"cannot be read ({error})") from error
