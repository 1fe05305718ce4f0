"""What the test images themselves say of a study's rows, from the runs' predictions."""

import numpy as np

from ablate.findings.answer import SameImages
from ablate.findings.images import same_images as compared
from ablate.findings.images import shares
from ablate.paths import Results
from ablate.runs.finished import FinishedRun
from ablate.tables.measured import Measured


def same_images(results: Results, rows: list[Measured]) -> dict[str, SameImages]:
    """Each row against its control on the same images, by the first seed that both have."""
    named = {row.name: row for row in rows}
    found = {}
    for row in rows:
        control = named.get(row.row.control)
        seeds = control and sorted(
            set(row.values("provenance.seed")) & set(control.values("provenance.seed"))
        )
        if seeds:
            ours, its = (_right(results, one, seeds[0]) for one in (row, control))
            if len(ours) == len(its):
                found[row.name] = compared(ours, its, seeds[0])
    return found


def sampling(results: Results, rows: list[Measured]) -> float | None:
    """Share of the seeds' variance that is the test images' sampling, over rows that trained."""
    parts = [
        shares(np.array([_right(results, row, seed) for seed in row.values("provenance.seed")]))
        for row in rows
        if len(row.metrics) > 1 and row.trained
    ]
    images, whole = (sum(part[at] for part in parts) for at in (0, 1))
    return min(1.0, images / whole) if parts and whole > 0 else None


def _right(results: Results, row: Measured, seed: int) -> np.ndarray:
    return FinishedRun(results, row.row.run, seed, row.row.label).right
