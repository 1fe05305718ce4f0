"""The numbers behind the figures of batch normalisation: bands, gradients and smoothness."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ablate.measures import measure
from ablate.paths import Results, TrainingId
from ablate.requests.runs import ShownRun
from ablate.requests.table import BnMeasuresTable
from ablate.runs import steps
from ablate.tables.page import Page, Section, capitalized
from ablate.tables.provenance import Trained, trail

COLUMNS = (
    *("family", "label", "measure", "part"),
    *("mean", "mean_std", "median", "width", "width_std", "steps", "left_out", "seeds"),
)
PARTS = ("first half", "second half", "whole run")
NOTES = (
    "mean, median: over the steps, of the middle between a band's edges or of a line's value; "
    "width: mean over the steps of largest minus smallest; all of the raw series, taken for each "
    "seed and then averaged over the seeds; mean_std, width_std: sample standard deviation over "
    "the seeds.",
    "steps: how many the numbers rest on, over all seeds; left_out: steps at which a run had "
    "diverged or ended, since a band that lost a run would look narrow.",
    "d_t is the change of the last layer's gradient from one minibatch to the next: it mixes "
    "curvature with minibatch noise and the size of the gradient. Smaller beta is smoother.",
)


def table(request: BnMeasuresTable) -> pd.DataFrame:
    """One line a family, measure and part of the run, with the columns of `COLUMNS`.

    Families are measured over their learning rates, probed runs along the gradient; each by what
    its runs recorded.

    Raises:
        AblateError: a run's series are missing or damaged, or a family's runs share no seed.
    """
    lines = [line for group in _groups(request) for line in _lines(request.results, *group)]
    frame = pd.DataFrame(lines, columns=list(COLUMNS))
    return frame.astype({"steps": int, "left_out": int, "seeds": int})


def page(request: BnMeasuresTable) -> tuple[pd.DataFrame, Page]:
    """The table, and the readable page with a section a measure."""
    frame = table(request)
    return frame, Page(
        name="bn_measures",
        title="Measures of batch normalisation",
        note=request.note,
        sections=[_section(name, lines) for name, lines in frame.groupby("measure", sort=False)],
        notes=[
            *NOTES,
            *_probe_costs(request),
            *trail("bn_measures", _trainings(request), request.results),
        ],
    )


def _groups(request: BnMeasuresTable) -> list[tuple[str, str, Sequence[ShownRun], dict]]:
    """Name, label, members and possible measures of all that is measured."""
    families = [
        (family.name, family.label, family.members, measure.OVER_RATES)
        for family in request.families
    ]
    probed = [(run.label, run.label, [run], measure.ALONG_GRADIENT) for run in request.probed]
    return families + probed


def _lines(
    results: Results, name: str, label: str, members: Sequence[ShownRun], measures: dict
) -> list[dict[str, Any]]:
    lines = []
    for kind in measures:
        if not measure.recorded(results, members, kind):
            continue
        seeds = measure.per_seed(results, members, kind)
        for part in PARTS:
            found = [measure.statistics(measure.part(seed, part)) for seed in seeds]
            lines.append(
                {
                    "family": name,
                    "label": label,
                    "measure": kind,
                    "part": part,
                    **_over_seeds(found),
                }
            )
    return lines


def _over_seeds(found: list[dict[str, float]]) -> dict[str, float]:
    """Mean over seeds and sample sd; a seed without a value leaves none for all."""
    values = {key: np.array([one[key] for one in found]) for key in found[0]}
    several = len(found) > 1
    return {
        **{key: float(values[key].mean()) for key in ("mean", "median", "width")},
        **{
            f"{key}_std": float(values[key].std(ddof=1)) if several else np.nan
            for key in ("mean", "width")
        },
        **{key: int(values[key].sum()) for key in ("steps", "left_out")},
        "seeds": len(found),
    }


def _section(name: str, lines: pd.DataFrame) -> Section:
    return Section.of_filled(
        {
            "": lines["label"].tolist(),
            "part": lines["part"].tolist(),
            "mean": _with_scatter(lines["mean"], lines["mean_std"]),
            "median": [_short(value) for value in lines["median"]],
            "width": _with_scatter(lines["width"], lines["width_std"]),
            "steps": [str(count) for count in lines["steps"]],
            "left_out": [str(count) if count else "" for count in lines["left_out"]],
            "seeds": [str(count) for count in lines["seeds"]],
        },
        heading=capitalized(measure.MEASURES[name].title),
        left=("", "part"),
    )


def _with_scatter(values: pd.Series, scatter: pd.Series) -> list[str]:
    return [
        _short(value) + ("" if np.isnan(sd) else f" ± {sd:.2g}")
        for value, sd in zip(values, scatter, strict=True)
    ]


def _short(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.4g}"


def _probe_costs(request: BnMeasuresTable) -> list[str]:
    """What looking along the gradient cost, in training steps; nothing where none was timed."""
    costs = []
    for run in request.probed:
        for each in run.ids:
            folder = request.results.run(*each)
            took = steps.read(folder, ("probe_seconds", "step_seconds"))
            costs.append(float(took["probe_seconds"] / took["step_seconds"]))
    costs = [cost for cost in costs if np.isfinite(cost)]
    if not costs:
        return []
    return [f"A look along the gradient took as long as {np.median(costs):.1f} training steps."]


def _trainings(request: BnMeasuresTable) -> list[Trained]:
    """Each family and probed run, at the seeds that all members have."""
    return [
        Trained.of(
            label,
            [TrainingId(m.run, seed) for m in members for seed in measure.common_seeds(members)],
            request.results,
        )
        for _, label, members, _ in _groups(request)
    ]
