"""What moved since the site was built before: rows, and why their runs were made anew."""

import json
from typing import Any

from ablate.files import read_json, write_text
from ablate.paths import Results, TrainingId
from ablate.runs.metrics import Metrics

ROUNDING = 0.005  # percentage points: below it two means are the same number, rounded otherwise
REASONS = {
    "data": "trained on other images",
    "code": "the training's code changed",
    "made": "trained anew",
}


def state(studies: list[dict[str, Any]], runs: dict[str, Metrics]) -> dict[str, Any]:
    """What is kept of a build: every row's mean and runs, and what made each run.

    Args:
        studies: as `ablate.report.studies.study` gives them.
        runs: metrics by identity, "run/seed0".
    """
    return {
        "rows": {
            f"{study['study']}/{row['row']}": {
                "mean": row["mean"],
                "run": row["run"],
                "seeds": [seed for seed, _ in row["seeds"]],
            }
            for study in studies
            for row in study["rows"]
        },
        "runs": {
            name: {
                "data": metrics.provenance.data,
                "code": metrics.provenance.code,
                "made": metrics.provenance.finished,
            }
            for name, metrics in runs.items()
        },
    }


def before(results: Results, now: dict[str, Any]) -> dict[str, Any] | None:
    """The build that `now` is compared with: the last one that was another; None for the first."""
    # It is a memory, not a result: nothing where it is missing or damaged.
    kept = read_json(_file(results)) or {}
    return kept.get("before") if kept.get("now") == now else kept.get("now")


def keep(results: Results, now: dict[str, Any]) -> None:
    """Remember this build for the next one."""
    write_text(_file(results), json.dumps({"now": now, "before": before(results, now)}))


def changes(now: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any] | None:
    """Rows that moved, are new or gone, each with why; None if there was no build before."""
    if before is None:
        return None
    rows, others = now["rows"], before["rows"]
    moved = [
        {"row": name, "before": others[name]["mean"], "after": row["mean"], "why": why}
        for name, row in rows.items()
        if name in others
        and (
            (why := _why(row, others[name], now["runs"], before["runs"]))
            or _moved(row, others[name])
        )
    ]
    return {
        "moved": moved,
        "new": [{"row": name, "after": rows[name]["mean"]} for name in rows if name not in others],
        "gone": [{"row": n, "before": others[n]["mean"]} for n in others if n not in rows],
    }


def _moved(row: dict[str, Any], other: dict[str, Any]) -> bool:
    means = (row["mean"], other["mean"])
    return means[0] != means[1] and (None in means or abs(means[0] - means[1]) >= ROUNDING)


def _why(row: dict, other: dict, runs: dict, others: dict) -> str:
    if row["run"] != other["run"]:
        now, then = (each["run"] or "what was measured elsewhere" for each in (row, other))
        return f"other settings: {now} in place of {then}"
    if not row["run"]:
        return "other numbers from elsewhere" if row["mean"] != other["mean"] else ""
    if row["seeds"] != other["seeds"]:
        return f"seeds {_listed(row['seeds'])} in place of {_listed(other['seeds'])}"
    names = [str(TrainingId(row["run"], seed)) for seed in row["seeds"]]
    for key, words in REASONS.items():
        if any(runs.get(name, {}).get(key) != others.get(name, {}).get(key) for name in names):
            return words
    return ""


def _listed(seeds: list[int]) -> str:
    return ", ".join(map(str, seeds)) or "none"


def _file(results: Results):
    return results.root / "report" / "builds.json"
