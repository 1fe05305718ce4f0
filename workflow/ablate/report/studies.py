"""What the site shows of a study: its rows with every seed, and the settings that differ."""

from typing import Any

import pandas as pd

from ablate.findings.contrast import half_width
from ablate.report import settings
from ablate.report.runs import rounded
from ablate.requests.study import AskedStudy
from ablate.tables import study as table
from ablate.tables.answers import accuracy
from ablate.tables.columns import with_highest
from ablate.tables.latex import latex
from ablate.tables.markdown import markdown
from ablate.tables.measured import Measured, measured
from ablate.tables.spreadsheet import csv


def study(asked: AskedStudy) -> tuple[dict[str, Any], dict[str, str]]:
    """A study for its page, and its table as text to be copied: Markdown, LaTeX, TSV, CSV."""
    frame, page = table.page(asked)
    rows = [
        row(asked, behind, line)
        for behind, line in zip(measured(asked), with_highest(frame).itertuples(), strict=True)
    ]
    written = [row.pop("settings") for row in rows]
    shown = {
        "study": asked.name,
        "title": asked.title,
        "section": asked.section,
        "question": asked.question,
        "rows": rows,
        "keys": settings.differing([each for each in written if each is not None]),
        "reported": any(row["reported"] is not None for row in rows),
        "notes": page.notes,
    }
    copies = {
        "markdown": markdown(page),
        "latex": latex(page),
        "tsv": csv(frame, "\t"),
        "csv": csv(frame),
    }
    return shown, copies


def row(asked: AskedStudy, behind: Measured, line: Any) -> dict[str, Any]:
    """A row: accuracies in percent, each seed's and their mean with its 95 % interval."""
    entry, runs = behind.row, behind.metrics
    half = half_width(accuracy(behind, "best_accuracy"), asked.noise)
    flags = ("diverged", "collapsed", "missing")
    return {
        "row": entry.name,
        "label": entry.label,
        "run": entry.run,
        "control": entry.control,
        "seeds": [[run.provenance.seed, rounded(run.best_accuracy)] for run in runs],
        "elsewhere": entry.elsewhere
        and {"best": entry.elsewhere.best_accuracy, "source": entry.elsewhere.source},
        "n": int(line.n),
        "confounded": entry.confounded,
        "mean": rounded(line.best_mean),
        "sd": rounded(line.best_std),
        "half": rounded(half),
        "last": rounded(line.last_mean),
        "chosen": rounded(behind.sample("chosen_accuracy").mean),
        "train": rounded(line.train_accuracy_mean),
        "epoch": rounded(line.best_epoch_mean),
        "vs": [
            rounded(line.vs_control),
            rounded(line.vs_control_low),
            rounded(line.vs_control_high),
        ],
        "reported": rounded(line.reported),
        "reported_best": bool(line.highest),
        "delta": rounded(line.delta),
        "seconds": rounded(line.seconds_mean),
        "reported_seconds": rounded(line.reported_seconds),
        "reported_seconds_is": entry.reported_seconds_is,
        "parameters": None if pd.isna(line.parameters) else int(line.parameters),
        "flops": None if pd.isna(line.flops) else int(line.flops),
        "flags": {name: int(getattr(line, name)) for name in flags if getattr(line, name)},
        "settings": settings.named(runs[0].provenance.settings) if runs else None,
    }
