"""One number a seed for what claims compare, from what runs left behind.

`ablate.settings.quantities` says which quantities there are.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ablate.files import read_json
from ablate.measures import measure as measures
from ablate.measures.measure import PARTS, part
from ablate.measures.stepped import Band, Curve
from ablate.paths import Results
from ablate.requests.runs import ShownRun
from ablate.runs import histograms, steps
from ablate.runs.finished import FinishedRun
from ablate.runs.histograms import Histogram
from ablate.settings.quantities import (
    Change,
    EpochsTo,
    ErrorsWithin,
    JumpAtDrop,
    MeanLoss,
    OfBand,
    OfRun,
    Quantity,
)

# Epochs that are averaged before and after.
AROUND = 3


class NotMeasured(Exception):
    """A run cannot say what is asked; the message says why."""


def of_run(run: FinishedRun, asked: Quantity) -> float:
    """What one run says of a quantity; accuracies in percent, times in seconds.

    Raises:
        NotMeasured: it cannot.
        AblateError: a file of it is missing or damaged.
    """
    return OF_RUN[asked.name](run, asked)


def of_family(results: Results, members: Sequence[ShownRun], asked: OfBand) -> dict[int, float]:
    """What a family says of a quantity over its members, by seed.

    Raises:
        NotMeasured: it cannot.
        AblateError: a series is missing, or the members share no seed.
    """
    seeds = measures.common_seeds(members)
    found = measures.per_seed(results, members, asked.of)
    return {seed: _of_band(one, asked) for seed, one in zip(seeds, found, strict=True)}


def _of_band(measured: Band | Curve, asked: OfBand) -> float:
    value = _mean(part(measured, asked.part), asked.value)
    if asked.less:
        value -= _mean(part(measured, asked.less), asked.value)
    return value


def _mean(measured: Band | Curve, value: str) -> float:
    """Mean over the steps that no member misses, of a band's middle, width or upper edge."""
    kept = measured.complete()
    if not len(kept.steps):
        raise NotMeasured("at no step are all of the family's runs there")
    if isinstance(kept, Curve):
        return float(kept.value.mean())
    return float({"mean": kept.middle, "width": kept.width, "high": kept.high}[value].mean())


def _from_metrics(run: FinishedRun, asked: OfRun) -> float:
    found = run.metrics
    of = found.provenance if asked.name in ("seconds", "parameters", "flops") else found
    value = getattr(of, asked.name)
    if value is None:
        raise NotMeasured(f"{run.label}: its loss stopped being finite")
    return float(value)


def _seconds(run: FinishedRun, asked: OfRun) -> float:
    if run.metrics.provenance.shared_device:
        raise NotMeasured("runs shared their device, so their times do not compare")
    return _from_metrics(run, asked)


def _epochs_to(run: FinishedRun, asked: EpochsTo) -> float:
    there = np.flatnonzero(run.history["train_accuracy"] >= asked.train_accuracy)
    if not len(there):
        raise NotMeasured(
            f"{run.label}: {asked.train_accuracy:g} % training accuracy was not reached"
        )
    return float(run.history["epoch"][there[0]])


def _jump(run: FinishedRun, asked: JumpAtDrop) -> float:
    rates, accuracy = run.history["lr"], run.history["test_accuracy"]
    drops = np.flatnonzero(rates[1:] < 0.99 * rates[:-1]) + 1
    if len(drops) < asked.drop:
        raise NotMeasured(f"{run.label}: its rate does not drop so often")
    at = int(drops[asked.drop - 1])
    return float(accuracy[at : at + AROUND].mean() - accuracy[max(0, at - AROUND) : at].mean())


def _change(run: FinishedRun, asked: Change) -> float:
    values, epochs = run.history[asked.of], len(run.history["epoch"])
    settings = run.metrics.provenance.settings
    whole = settings.get("schedule_epochs") or settings.get("epochs") or epochs
    # A shortened run is looked at where its schedule stands at that epoch.
    start, end = (round(epoch / whole * epochs) for epoch in (asked.start, asked.end))
    if end > epochs or end - start < AROUND:
        raise NotMeasured(f"{run.label}: it has too few epochs")
    before, after = (values[max(0, at - 2) : at + 1].mean() for at in (start, end))
    return float(after - before)


def _errors_within(run: FinishedRun, asked: ErrorsWithin) -> float:
    names = _classes(run.results)
    missing = [name for group in asked.groups for name in group if name not in names]
    if missing:
        raise NotMeasured(f"the data has no class {missing[0]!r}")
    counts = np.array(run.metrics.confusion)
    errors = counts.sum() - np.trace(counts)
    if not errors:
        raise NotMeasured(f"{run.label}: it makes no error")
    inside = pairs = 0
    for group in asked.groups:
        at = [names.index(name) for name in group]
        block = counts[np.ix_(at, at)]
        inside += block.sum() - np.trace(block)
        pairs += len(at) * (len(at) - 1)
    return float(100 * (inside / errors - pairs / (len(names) * (len(names) - 1))))


def _classes(results: Results) -> list[str]:
    manifest = read_json(results.manifest)
    if manifest is None or "classes" not in manifest:
        raise NotMeasured("the data of these runs are no longer packed here")
    return manifest["classes"]


def _mean_loss(run: FinishedRun, asked: MeanLoss) -> float:
    losses = steps.read(run.folder, ("loss",))["loss"]
    low, high = (round(share * len(losses)) for share in PARTS[asked.part])
    value = float(losses[low:high].mean()) if high > low else float("nan")
    if not np.isfinite(value):
        raise NotMeasured(f"{run.label}: its loss stopped being finite")
    return value


def _last_weights(run: FinishedRun) -> Histogram:
    found = histograms.after_last_epoch(run.folder)
    if found is None:
        raise NotMeasured(f"{run.label}: there is no histogram of its first layer's last weights")
    return found


OF_RUN: dict[str, Callable[[FinishedRun, Any], float]] = {
    **dict.fromkeys(("train_accuracy", "train_loss", "parameters", "flops"), _from_metrics),
    "seconds": _seconds,
    "epochs_to": _epochs_to,
    "jump_at_drop": _jump,
    "change": _change,
    "errors_within": _errors_within,
    "mean_loss": _mean_loss,
    "weights_within": lambda run, asked: _last_weights(run).within(asked.distance),
    "weights_sd": lambda run, _: _last_weights(run).sd,
}
