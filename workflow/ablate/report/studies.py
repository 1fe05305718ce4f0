"""What the site shows of a study: its rows with every seed, and the settings that differ."""

import math
from typing import Any

import pandas as pd
from scipy.special import stdtrit

from ablate.report import settings
from ablate.report.runs import rounded
from ablate.runs.finished import finished_runs
from ablate.tables import study as table
from ablate.tables.latex import latex
from ablate.tables.markdown import markdown


def study(request: dict, asked: dict) -> tuple[dict[str, Any], dict[str, str]]:
    """A study for its page, and its table as text to be copied: Markdown, LaTeX, TSV, CSV.

    Args:
        request: of the site, with `results` and `note`.
        asked: a study's request.

    Raises:
        AblateError: as `ablate.tables.study.page`.
    """
    asked = {**asked, "results": request["results"], "note": request.get("note")}
    frame, page = table.page(asked)
    rows = [
        row(asked, entry, line)
        for entry, line in zip(asked["rows"], frame.itertuples(), strict=True)
    ]
    written = [row.pop("settings") for row in rows]
    shown = {
        "study": asked["study"],
        "title": asked["title"],
        "section": asked.get("section") or "",
        "question": asked.get("question") or "",
        "rows": rows,
        "keys": settings.differing([each for each in written if each is not None]),
        "reported": any(row["reported"] is not None for row in rows),
        "notes": page.notes,
    }
    copies = {
        "markdown": markdown(page),
        "latex": latex(page),
        "tsv": frame.to_csv(index=False, sep="\t", lineterminator="\n"),
        "csv": frame.to_csv(index=False, lineterminator="\n"),
    }
    return shown, copies


def row(asked: dict, entry: dict, line: Any) -> dict[str, Any]:
    """A row: accuracies in percent, each seed's and their mean with its 95 % interval."""
    runs = finished_runs(asked["results"], [entry], partial=True)
    half = half_width(int(line.n), line.best_std, asked.get("noise"))
    flags = ("diverged", "collapsed", "missing")
    return {
        "row": entry["row"],
        "label": entry["label"],
        "run": entry["run"],
        "control": entry.get("control"),
        "seeds": [[run.seed, rounded(run.best_accuracy)] for run in runs],
        "n": int(line.n),
        "confounded": len(entry.get("differs_by") or []) > 1,
        "mean": rounded(line.best_mean),
        "sd": rounded(line.best_std),
        "half": rounded(half),
        "last": rounded(line.last_mean),
        "train": rounded(line.train_accuracy_mean),
        "epoch": rounded(line.best_epoch_mean),
        "vs": [
            rounded(line.vs_control),
            rounded(line.vs_control_low),
            rounded(line.vs_control_high),
        ],
        "reported": rounded(line.reported),
        "reported_best": bool(entry.get("reported_best")),
        "delta": rounded(line.delta),
        "seconds": rounded(line.seconds_mean),
        "reported_seconds": rounded(line.reported_seconds),
        "reported_seconds_is": entry.get("reported_seconds_is", "exact"),
        "parameters": None if pd.isna(line.parameters) else int(line.parameters),
        "flops": None if pd.isna(line.flops) else int(line.flops),
        "flags": {name: int(getattr(line, name)) for name in flags if getattr(line, name)},
        "settings": settings.named(runs[0].metrics.provenance.settings) if runs else None,
    }


def half_width(n: int, sd: float, noise: dict | None) -> float:
    """Half the 95 % t interval of a mean of n runs.

    A single run's is that of the stated `noise`; NaN where nobody knows it.
    """
    if n > 1 and not math.isnan(sd):
        return float(stdtrit(n - 1, 0.975)) * sd / math.sqrt(n)
    return float(stdtrit(noise["df"], 0.975)) * noise["sd"] if n == 1 and noise else math.nan
