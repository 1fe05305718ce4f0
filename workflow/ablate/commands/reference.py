"""What `ablate publish` writes and a repository can hold: tables, figures, runs without weights.

The runs lie in archives, one more each time that runs were added, so that a repository's history
holds every run once. Their metrics are left out, since they follow from the runs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ablate.errors import AblateError
from ablate.evaluation.metrics import metrics
from ablate.paths import Results
from ablate.runs import travel

# Of the images only what they are called: the manifest, from which findings name classes.
SHOWN = ("data", "tables", "records", "figures")


@contextmanager
def opened(folder: Path) -> Iterator[Results]:
    """The results tree `folder`, or what `publish` wrote there, as a tree to read from.

    Raises:
        AblateError: the folder is absent, or an archive in it is damaged.
    """
    if not folder.is_dir():
        raise AblateError(f"{folder}: there is no such folder of results")
    with travel.unpacked(folder) as root:
        if root != folder:
            _complete(root, folder)
        yield Results(root)


def _complete(root: Path, folder: Path) -> None:
    """Put beside unpacked runs what else a results tree holds, as far as it was published."""
    for part in SHOWN:
        (root / part).symlink_to((folder / part).resolve())
    for run in root.glob("runs/*/seed*"):
        metrics(run).write(run)
