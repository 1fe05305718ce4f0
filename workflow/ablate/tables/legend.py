"""What the columns and flags of a study's table mean, where they occur in it."""

import pandas as pd

from ablate.findings.answer import AgainstControl, Answer, Scatter
from ablate.findings.spread import DOUBTFUL_RATIO
from ablate.findings.words import counted, listed
from ablate.requests.study import AskedStudy
from ablate.tables.answers import accuracy
from ablate.tables.columns import COLUMNS
from ablate.tables.measured import Measured
from ablate.tables.page import Section

FLAGS = {
    "collapsed": "collapsed: the best accuracy is no better than chance.",
    "diverged": "diverged: the loss stopped being finite; its best epoch before counts, chance if "
    "none.",
}


def legend(
    request: AskedStudy, rows: list[Measured], frame: pd.DataFrame, answer: Answer, section: Section
) -> list[str]:
    """One sentence for each thing in the table of `request` that a reader could take wrongly."""
    shown = [column for column in COLUMNS if column.name in section.columns]
    return [
        *(column.legend for column in shown if column.legend),
        *([_finding(answer)] if "finding" in section.columns else []),
        *([_interval(request, answer)] if frame["vs_control"].notna().any() else []),
        "bold: clearly better than every other row." if section.bold else _no_bold(answer),
        *_confounded(request),
        *(text for flag, text in FLAGS.items() if frame[flag].sum()),
        *_reported_elsewhere(request),
        *_crops(request),
        *_missing(rows),
        *_elsewhere(rows, request.variance),
    ]


def _finding(answer: Answer) -> str:
    """What the relations mean that occur in the table."""
    occurring = [one.relation for one in answer.comparisons]
    meanings = {
        ("better", "worse"): "better, worse: at 5 %, by Holm over the rows",
        ("alike",): f"alike: equivalent within {counted(answer.matters, 'point')}",
        ("unclear",): "unclear: the runs cannot tell, which is not alike",
        ("one run",): f"one run: {_of_single_runs(answer.scatter)}",
        ("not measured",): "not measured: a run is missing",
    }
    said = [text for names, text in meanings.items() if any(n in occurring for n in names)]
    if any(one.relation == "unclear" and _leaves_out_zero(one) for one in answer.comparisons):
        said.append(
            "an interval is of its row alone and a finding by Holm over all rows, so a row may be "
            "unclear whose interval leaves out 0"
        )
    return f"finding: {'; '.join(said)}."


def _of_single_runs(scatter: Scatter) -> str:
    """Why a row of one run is not tested."""
    if scatter.kind == "welch":
        return "each row has its own scatter (variance: welch), of which one run tells nothing"
    return "how far single runs scatter here is not known"


def _leaves_out_zero(one: AgainstControl) -> bool:
    return one.low is not None and not one.low <= 0 <= one.high


def _no_bold(answer: Answer) -> str:
    return f"No row is marked best: {answer.no_winner}."


def _confounded(request: AskedStudy) -> list[str]:
    """The rows that differ from their control in more than one setting, and in which."""
    labels = [row.label for row in request.rows if row.confounded]
    if not labels:
        return []
    return [
        f"confounded, different from the control in more than one setting: {'; '.join(labels)}."
    ]


def _reported_elsewhere(request: AskedStudy) -> list[str]:
    """That a report's numbers are left out, since they are of other images."""
    if request.reported_elsewhere is None:
        return []
    return [
        f"Reported numbers are left out: they are of {request.reported_elsewhere}, these results "
        f"of {request.data_name}."
    ]


def _crops(request: AskedStudy) -> list[str]:
    """One sentence for each size of crops that show less than a whole image."""
    rows: dict[tuple[int, int], list[str]] = {}
    for row in request.rows:
        if row.crop:
            rows.setdefault(row.crop, []).append(row.label)
    side = request.image_side
    images = f"{side}x{side} images" if side else "the images"
    return [
        f"{', '.join(labels)}: crops of {height}x{width} pixels of {images} in training, whole "
        "images in testing."
        for (height, width), labels in rows.items()
    ]


def _missing(rows: list[Measured]) -> list[str]:
    """Which seeds the rows lack: said once where all rows lack the same."""
    lacking = [_seeds(row) for row in rows if row.missing]
    if not lacking:
        return []
    if len(rows) > 1 and len(lacking) == len(rows) and len(set(lacking)) == 1:
        return [f"missing: {_seeds(rows[0])} of every row."]
    return [
        f"missing: {'; '.join(f'{row.row.label}, {_seeds(row)}' for row in rows if row.missing)}."
    ]


def _seeds(row: Measured) -> str:
    seeds = [str(each.seed) for each in row.missing]
    return f"seed{'' if len(seeds) == 1 else 's'} {listed(seeds)}"


def _elsewhere(rows: list[Measured], variance: str) -> list[str]:
    """Which rows were measured elsewhere, where that is, and what is not known of them."""
    others = [row for row in rows if row.elsewhere is not None]
    if not others:
        return []
    named = [": ".join(filter(None, [row.row.label, row.elsewhere.source])) for row in others]
    same = [
        row.row.label for row in others if row.n > 1 and not accuracy(row, "best_accuracy").scatters
    ]
    single = (
        "tells none"
        if variance == "welch"
        else "is taken to scatter as repeated ones beside it do, or, without any, as those rows do"
    )
    mixed = f" Its scatter is not pooled with that of rows trained here; a single number {single}."
    return [
        f"Not trained here, accuracies (n of them) as the config gives them: {'; '.join(named)}.",
        "Of what was measured elsewhere neither images nor seeds nor settings are known: it is "
        "paired with nothing, and no number of test images says how little it can scatter."
        + (mixed if len(others) < len(rows) else ""),
        *([f"Values that are all the same tell no scatter: {'; '.join(same)}."] if same else []),
    ]


def _interval(request: AskedStudy, answer: Answer) -> str:
    """What the difference to the control is, and where its interval comes from."""
    what = f"Δ control: difference of the mean from that of {_control(request)}"
    scatter = answer.scatter
    floor = (
        ""
        if scatter.floor is None
        else "; where so few test images alone would make a row scatter more (up to "
        f"{scatter.floor:.2f} points), that counts instead"
    )
    return f"{what} [95 % interval: {way(scatter)}{floor}].{_doubt(scatter)}"


def way(scatter: Scatter) -> str:
    """Where intervals come from, in words."""
    if scatter.kind == "pooled":
        return (
            f"Student's t, one standard deviation of {scatter.sd:.2f} points for all rows that "
            f"trained, {scatter.df} degrees of freedom; a row of more than twice that variance "
            "has its own"
        )
    if scatter.kind == "unknown":
        return "none for single runs, whose scatter is not known here"
    ways = ["Welch's t over independent seeds"] if scatter.kind == "welch" else []
    if scatter.sd is not None:
        source = f", that of {scatter.source}" if scatter.source else ", as the study states it"
        ways.append(
            f"for single runs, from a standard deviation of {scatter.sd:.2f} points with "
            f"{scatter.df} degrees of freedom{source}"
        )
    return "; ".join(ways)


def _doubt(scatter: Scatter) -> str:
    if scatter.ratio is None or scatter.kind == "welch" or scatter.ratio <= DOUBTFUL_RATIO:
        return ""
    return (
        f" Careful: the largest standard deviation of a row is {scatter.ratio:.1f} times the "
        "smallest."
    )


def _control(request: AskedStudy) -> str:
    named = {row.name: row.label for row in request.rows}
    controls = {row.control for row in request.rows if row.control}
    return named[controls.pop()] if len(controls) == 1 else "the row that each is compared with"
