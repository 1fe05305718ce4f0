"""What `ablate publish` writes and a repository can hold: tables, figures, runs without weights.

The runs lie in one archive. Their metrics are left out of it, since they follow from the runs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ablate.errors import AblateError
from ablate.evaluation.metrics import metrics
from ablate.paths import Results
from ablate.runs import travel

RUNS = f"runs{travel.ARCHIVE}"
SHOWN = ("tables", "records", "figures")


@contextmanager
def opened(folder: Path) -> Iterator[Results]:
    """The results tree `folder`, or what `publish` wrote there, as a tree to read from.

    Raises:
        AblateError: the folder is absent, or its archive is damaged.
    """
    if not folder.is_dir():
        raise AblateError(f"{folder}: there is no such folder of results")
    if not (folder / RUNS).exists():
        yield Results(folder)
        return
    with travel.unpacked(folder / RUNS) as root:
        for part in SHOWN:
            (root / part).symlink_to((folder / part).resolve())
        for run in root.glob("runs/*/seed*"):
            metrics(run).write(run)
        yield Results(root)
