"""What the columns and flags of a study's table mean, where they occur in it."""

import pandas as pd

from ablate.tables.cells import CONFOUNDED
from ablate.tables.measured import Measured


def legend(request: dict, rows: list[Measured], frame: pd.DataFrame) -> list[str]:
    """One sentence for each thing in the table of `request` that a reader could take wrongly."""
    lines = [
        "Accuracies in percent of the test images. best (n): mean ± sample standard deviation of "
        "the highest accuracy over the epochs, over n runs (chosen on the test images themselves, "
        "so optimistic); last: after the last epoch; bold: the best row measured."
    ]
    if any(chosen is not None for row in rows for chosen in row.values("chosen_accuracy")):
        lines.append(
            "chosen: test accuracy of the epoch that held-out training images choose, an honest "
            "estimate."
        )
    if any(row.get("reported_best") for row in request["rows"]):
        lines.append("*: the report's own best.")
    if frame["delta"].notna().any():
        lines.append("delta: best - reported.")
    if frame["vs_control"].notna().any():
        lines.append(_interval_legend(request, frame))
    if frame["differs_by"].str.contains(CONFOUNDED, regex=False).any():
        lines.append("confounded: the row differs from its control in more than one setting.")
    if frame["collapsed"].sum():
        lines.append("collapsed: the best accuracy is no better than chance.")
    if frame["diverged"].sum():
        lines.append(
            "diverged: the loss stopped being finite; its best epoch before counts, chance if none."
        )
    lines += _crops(request)
    missing = [run for row in rows for run in row.missing]
    if missing:
        lines.append(f"missing: {', '.join(missing)}.")
    return lines


def _crops(request: dict) -> list[str]:
    """One sentence for each size of crops that show less than a whole image."""
    rows: dict[tuple[int, int], list[str]] = {}
    for row in request["rows"]:
        if row.get("crop"):
            rows.setdefault(tuple(row["crop"]), []).append(row["label"])
    side = request.get("image_side")
    images = f"{side}x{side} images" if side else "the images"
    return [
        f"{', '.join(labels)}: trained on crops of {height}x{width} pixels of {images}, tested on "
        "whole images."
        for (height, width), labels in rows.items()
    ]


def _interval_legend(request: dict, frame: pd.DataFrame) -> str:
    difference = f"vs control: difference of the mean from that of {_label_of_control(request)}"
    noise = request.get("noise")
    # A single control run leaves no comparison to Welch, whatever the other rows have.
    counts = dict(zip(frame["row"], frame["n"], strict=True))
    controls = pd.Series([row.get("control") for row in request["rows"]])
    repeated = frame["n"].ge(2) & controls.map(lambda control: counts.get(control, 0) >= 2)
    compared = frame["vs_control"].notna()
    ways = []
    if (repeated & compared).any():
        ways.append("Welch's t over independent seeds")
    if (~repeated & compared).any() and noise:
        ways.append(
            f"for single runs, from an assumed standard deviation of {noise['sd']:.2f} points with "
            f"{noise['df']} degrees of freedom"
        )
    if (~repeated & compared).any() and not noise:
        ways.append("none for single runs, whose scatter is not known here")
    return f"{difference} [95 % interval: {'; '.join(ways)}]."


def _label_of_control(request: dict) -> str:
    named = {row["row"]: row["label"] for row in request["rows"]}
    controls = {row["control"] for row in request["rows"] if row.get("control")}
    return named[controls.pop()] if len(controls) == 1 else "the row that each is compared with"
