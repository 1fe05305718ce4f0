"""What the runs behind a study's claims came to, measure by measure."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from ablate.errors import AblateError
from ablate.findings import judging
from ablate.findings.judging import Claim, Number, Setting, measure_key, references
from ablate.findings.sample import Sample
from ablate.findings.verdict import Verdict
from ablate.measures import numbers
from ablate.measures.numbers import NotMeasured
from ablate.runs.finished import FinishedRun, finished_runs
from ablate.tables.answers import noise


def judged(request: dict, study: dict) -> list[Verdict]:
    """The verdicts on a study's claims.

    Args:
        request: of ablate.steps.findings.
        study: one of its studies, with `claims`.

    Raises:
        AblateError: a run's file is damaged.
    """
    asked = [_claim(each) for each in study["claims"]]
    found: dict[tuple[str, str], Number] = {}
    for each, claim in zip(study["claims"], asked, strict=True):
        for comparison in claim.comparisons:
            for reference in references(comparison):
                key = (measure_key(comparison), reference)
                if key not in found:
                    row = each["rows"][reference]
                    found[key] = _number(request, reference, row, comparison["of"])
    accuracy = {"name": judging.ACCURACY}
    for row in study["rows"]:
        whole = {"label": row["label"], "family": False, "members": [row]}
        key = (measure_key({"of": accuracy}), row["row"])
        found.setdefault(key, _number(request, row["row"], whole, accuracy))
    return judging.verdicts(asked, found, _setting(request, study))


def _claim(written: Mapping[str, Any]) -> Claim:
    rows = written["rows"]
    return Claim(
        name=written["claim"],
        says=written["says"],
        comparisons=written["comparisons"],
        labels={reference: row["label"] for reference, row in rows.items()},
        matters=written["matters"],
        reported={
            reference: row["reported"]
            for reference, row in rows.items()
            if row["reported"] is not None
        },
        repeated=frozenset(ref for ref, row in rows.items() if row.get("repeated")),
    )


def _setting(request: dict, study: dict) -> Setting:
    reported = study.get("reported_noise")
    repeated = (reported or {}).get("repeated")
    return Setting(
        study=study["study"],
        noise=noise(study.get("noise")),
        variance=study.get("variance", "auto"),
        reported_noise=noise(reported),
        repeated=(repeated["mean"], repeated["n"]) if repeated else None,
        rows=[row["row"] for row in study["rows"]],
        preset=request["preset"],
        data=request["data_name"],
    )


def _number(request: dict, reference: str, row: dict, asked: Mapping[str, Any]) -> Number:
    results, members = request["results"], row["members"]
    label = row["label"]
    runs = finished_runs(results, [{**m, "label": label} for m in members], partial=True)
    if not runs:
        return Number(Sample.of([]), reason=f"{label} has no finished run")
    seeds = tuple(sorted({run.seed for run in runs}))
    try:
        if row["family"]:
            if len(runs) < sum(len(member["seeds"]) for member in members):
                raise NotMeasured(f"{label} lacks a run")
            values = numbers.of_family(results, members, asked)
            return Number(Sample.of(list(values.values())), seeds=tuple(values))
        if asked["name"] == judging.ACCURACY:
            return _accuracy(runs, seeds)
        values = [numbers.of_run(run, asked) for run in runs]
    except NotMeasured as reason:
        return Number(Sample.of([]), seeds=seeds, reason=str(reason))
    trained = not any(run.metrics.provenance.diverged or run.metrics.collapsed for run in runs)
    return Number(Sample.of(values, trained=trained), seeds=seeds, flags=_flags(runs))


def _accuracy(runs: list[FinishedRun], seeds: tuple[int, ...]) -> Number:
    images = int(np.sum(runs[0].metrics.confusion))
    collapsed = sum(run.metrics.collapsed for run in runs)
    trained = not (collapsed or any(run.metrics.provenance.diverged for run in runs))
    best, last = (
        Sample.of([getattr(run.metrics, key) for run in runs], images, trained)
        for key in ("best_accuracy", "last_accuracy")
    )
    return Number(best, last, seeds, flags=_flags(runs), collapsed=collapsed)


def _flags(runs: list[FinishedRun]) -> str:
    counts = {
        "diverged": sum(run.metrics.provenance.diverged for run in runs),
        "collapsed": sum(run.metrics.collapsed for run in runs),
    }
    return ", ".join(f"{name} {count} of {len(runs)}" for name, count in counts.items() if count)


def read(path: Any) -> dict[str, Any]:
    """findings.json.

    Raises:
        AblateError: it is absent or damaged.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise AblateError(f"{path} does not exist. Let snakemake make it.") from error
    except (OSError, ValueError) as error:
        raise AblateError(
            f"{path} cannot be read ({error}). Remove it and run snakemake again: it is made "
            "without training."
        ) from error
