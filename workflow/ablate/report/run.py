"""One run as a page shows it: settings and provenance, to be unfolded."""

from dataclasses import dataclass
from typing import Any

from ablate.report import wording
from ablate.runs.finished import FinishedRun


@dataclass(frozen=True)
class RunView:
    """What a page shows of one finished run.

    Attributes:
        settings: (path, value, whether it differs from what it is compared with).
        provenance: (what, value).
        flags: "diverged" and "collapsed", where they hold.
    """

    name: str
    seed: int
    labels: list[str]
    best: float
    last: float
    seconds: float
    flags: list[str]
    settings: list[tuple[str, str, bool]]
    provenance: list[tuple[str, str]]


def view(run: FinishedRun, labels: list[str], base: dict[str, Any] | None = None) -> RunView:
    """A run with its settings beside those of `base`, the settings of what it is compared with.

    Raises:
        AblateError: the run's metrics are missing or damaged.
    """
    metrics = run.metrics
    made = metrics.provenance
    compared = None if base is None else wording.flat(base)
    settings = [
        (path, value, compared is not None and compared.get(path) != value)
        for path, value in wording.flat(made.settings).items()
    ]
    kept = made.model_dump(mode="json", exclude={"settings", "run", "seed"})
    return RunView(
        name=run.run,
        seed=run.seed,
        labels=labels,
        best=metrics.best_accuracy,
        last=metrics.last_accuracy,
        seconds=made.seconds,
        flags=["diverged"] * made.diverged + ["collapsed"] * metrics.collapsed,
        settings=settings,
        provenance=list(wording.flat(kept).items()),
    )
