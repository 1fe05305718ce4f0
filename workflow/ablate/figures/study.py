"""One study's comparison: what was measured beside what was reported, a line a row."""

import textwrap
from dataclasses import dataclass
from math import isnan
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ablate.figures import style
from ablate.findings.contrast import half_width
from ablate.requests.figure import StudyDrawing
from ablate.requests.study import AskedStudy
from ablate.tables.answers import accuracy, answered
from ablate.tables.columns import with_highest
from ablate.tables.measured import Measured, measured
from ablate.tables.stored import read_study

LABEL_WIDTH = 32  # characters, in a wide figure, before a row's label takes a second line
FLAG_WIDTH = 20  # and before what is said beside its numbers does
TIED = "\N{NO-BREAK SPACE}"  # a dagger or a number does not begin a line of its own
ROW_HEIGHT = 0.46  # inches
FOOTNOTE_WIDTH = 64  # of a wide figure, in characters
MOST_ROWS = 80  # in one picture, which is then 39 inches high
FLAGS = ("diverged", "collapsed", "missing")
COLUMNS_AT = 66, 136  # points right of the axes


@dataclass(frozen=True)
class Drawn:
    """What is drawn of one row; accuracies in percent, nan where there is none.

    source: where it was measured, if elsewhere, as far as that is said.
    """

    label: str
    control: bool
    confounded: bool
    reported: float
    reported_best: bool
    best: bool
    mean: float
    half_width: float
    borrowed: bool
    seeds: tuple[float, ...]
    n: int
    flags: str
    source: str | None = None


def draw(request: StudyDrawing) -> Figure:
    """Draw a study from its table and its runs' metrics.

    Measured: a dot a seed, the mean and its 95 % interval. With one seed the interval is drawn
    dotted, from the spread of the report's own repeats (`noise`), where the study gives it.
    """
    study = request.study
    rows = shown(read_rows(study))
    left_out = len(study.rows) - len(rows)
    labels = _labels(rows)
    lines = sum(1 + label.count("\n") * 0.5 for label in labels)
    figure = style.figure(height=1.9 + ROW_HEIGHT * lines)
    axes = figure.subplots()
    for y, row in enumerate(rows):
        _draw_row(axes, y, row)
    _draw_control(axes, rows)
    _frame(axes, rows, labels)
    _write_numbers(axes, rows)
    said = f"\n{left_out} of its {len(study.rows)} rows are not drawn; its table has all"
    figure.suptitle(title(study) + (said if left_out else ""), x=0.01, ha="left")
    figure.legend(handles=_legend(rows), loc="outside lower left", ncols=style.columns(3, 9))
    return figure


def shown(rows: list[Drawn]) -> list[Drawn]:
    """The rows that a page can hold: the first of them, and the control wherever it stands."""
    controls = [row for row in rows[MOST_ROWS:] if row.control]
    return [*rows[: MOST_ROWS - len(controls)], *controls] if len(rows) > MOST_ROWS else rows


def read_rows(study: AskedStudy) -> list[Drawn]:
    """The study's rows in its own order, from its CSV and the runs' metrics.json."""
    table = with_highest(read_study(study.results, study.name))
    lines = {line.row: line for line in table.itertuples()}
    # No row is set bold that the runs cannot tell from the others.
    rows = measured(study.model_copy(update={"partial": True}))
    best = answered(study, rows).best
    return [_read_row(study, row, lines[row.name], best) for row in rows]


def _read_row(study: AskedStudy, row: Measured, line: Any, best: str | None) -> Drawn:
    entry, sample = row.row, accuracy(row, "best_accuracy")
    control = entry.name == study.control
    return Drawn(
        label=_label(entry.label, control, entry.confounded),
        control=control,
        confounded=entry.confounded,
        reported=line.reported,
        reported_best=line.highest,
        best=entry.name == best,
        mean=line.best_mean,
        half_width=half_width(sample, study.noise),
        borrowed=sample.n == 1 and sample.ours and study.noise is not None,
        seeds=tuple(each for each in row.values("best_accuracy") if not isnan(each)),
        n=line.n,
        flags=_flags(line),
        source=row.elsewhere and row.elsewhere.source,
    )


def _label(label: str, control: bool, confounded: bool) -> str:
    return label + (f"{TIED}†" if confounded else "") + (" (control)" if control else "")


def _labels(rows: list[Drawn]) -> list[str]:
    """What stands left of each row, with the number of its seeds where rows differ in that."""
    equal = len({row.n for row in rows}) == 1
    labels = [row.label if equal else f"{row.label}, n{TIED}={TIED}{row.n}" for row in rows]
    return [textwrap.fill(label, _characters(LABEL_WIDTH)) for label in labels]


def _characters(wide: int) -> int:
    """Characters of a line that has so many in a wide figure."""
    return style.columns(wide, wide)


def _flags(line: Any) -> str:
    of = {"missing": line.n + line.missing}
    words = [_share(word, getattr(line, word), of.get(word, line.n)) for word in FLAGS]
    return "\n".join(textwrap.fill(word, _characters(FLAG_WIDTH)) for word in words if word)


def _share(word: str, count: int, of: int) -> str:
    if not count:
        return ""
    return word if count == of else f"{count} of {of} {word}"


def _draw_row(axes: Axes, y: int, row: Drawn) -> None:
    if row.control:
        axes.axhspan(y - 0.5, y + 0.5, color="#F1F1F1", zorder=0)
    colour = style.GREY if row.flags else style.MEASURED
    if not isnan(row.half_width):
        axes.hlines(
            y - 0.12,
            max(row.mean - row.half_width, 0),
            min(row.mean + row.half_width, 100),
            color=colour,
            linewidth=1.6,
            linestyle=(0, (1, 1.2)) if row.borrowed else "solid",
        )
    if len(row.seeds) > 1:
        axes.plot(
            row.seeds,
            [y - 0.34] * len(row.seeds),
            "o",
            color=colour,
            ms=3.5,
            alpha=0.6,
            clip_on=False,
        )
    face = "white" if row.flags else colour
    axes.plot([row.mean], [y - 0.12], "o", color=colour, mfc=face, ms=8, mew=1.6, clip_on=False)
    axes.plot(
        [row.reported],
        [y + 0.22],
        "D",
        color=style.REPORTED,
        mfc="white",
        ms=6.5,
        mew=1.6,
        clip_on=False,
    )


def _draw_control(axes: Axes, rows: list[Drawn]) -> None:
    """A line down from the control's mean: rows right of it did better."""
    for row in rows:
        if row.control and not isnan(row.mean):
            axes.axvline(row.mean, color=style.MEASURED, linewidth=1, linestyle="--", zorder=1)


def _frame(axes: Axes, rows: list[Drawn], labels: list[str]) -> None:
    axes.set_yticks(range(len(rows)), labels)
    for tick, row in zip(axes.get_yticklabels(), rows, strict=True):
        tick.set_fontweight("bold" if row.control else "normal")
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", visible=False)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(*limits(rows))
    axes.set_xlabel(f"best test accuracy, % ({_seeds(rows)}){_footnote(rows)}", loc="left")


def _seeds(rows: list[Drawn]) -> str:
    counts = sorted({row.n for row in rows if row.n})
    if not counts:
        return "no seed finished"
    span = f"{counts[0]} to {counts[-1]}" if len(counts) > 1 else f"{counts[0]}"
    return f"n = {span} seed{'' if counts == [1] else 's'} a row"


def _footnote(rows: list[Drawn]) -> str:
    confounded = any(row.confounded for row in rows)
    lines = ["† differs from its control in more than one setting"] if confounded else []
    lines += [f"{row.label}: {row.source}" for row in rows if row.source]
    return "".join(f"\n{textwrap.fill(line, _characters(FOOTNOTE_WIDTH))}" for line in lines)


def limits(rows: list[Drawn]) -> tuple[float, float]:
    """Limits of the accuracy axis: everything drawn and a margin, within 0 and 100 %."""
    drawn = [row.reported for row in rows]
    for row in rows:
        half = 0.0 if isnan(row.half_width) else row.half_width
        drawn += [row.mean - half, row.mean + half, *row.seeds]
    drawn = [value for value in drawn if not isnan(value)]
    if not drawn:
        return 0.0, 100.0
    margin = max(0.06 * (max(drawn) - min(drawn)), 0.5)
    return max(min(drawn) - margin, -1.0), min(max(drawn) + margin, 101.0)


def _write_numbers(axes: Axes, rows: list[Drawn]) -> None:
    """The numbers right of the axes, where they can cover nothing."""
    columns = [("measured", style.MEASURED, "mean", "best")]
    if _any_reported(rows):
        columns.insert(0, ("reported", style.REPORTED, "reported", "reported_best"))
    for points, (header, colour, number, best) in zip(COLUMNS_AT, columns, strict=False):
        _beside(axes, points, -0.62, header, colour, fontweight="bold", va="bottom")
        for y, row in enumerate(rows):
            weight = "bold" if getattr(row, best) else "normal"
            _beside(axes, points, y, _percent(getattr(row, number)), colour, fontweight=weight)
    for y, row in enumerate(rows):
        if row.flags:
            _beside(axes, points + 10, y, row.flags, style.WARNING, ha="left", fontsize=9)


def _any_reported(rows: list[Drawn]) -> bool:
    return any(not isnan(row.reported) for row in rows)


def _percent(value: float) -> str:
    return "–" if isnan(value) else f"{value:.2f}"


def _beside(axes: Axes, points: float, y: float, text: str, colour: str, **how: object) -> None:
    """Write `text` so many points right of the axes, at height y of the data."""
    how = {"ha": "right", "va": "center", "fontsize": 10, **how}
    place = {"xy": (1, y), "xycoords": ("axes fraction", "data"), "textcoords": "offset points"}
    axes.annotate(text, xytext=(points, 0), color=colour, annotation_clip=False, **place, **how)


def title(study: AskedStudy) -> str:
    """The study's title after the number of its section."""
    return "  ".join(part for part in (study.section, study.title) if part)


def _legend(rows: list[Drawn]) -> list[Line2D]:
    entries = [_key("reported", "D", style.REPORTED, "white")] if _any_reported(rows) else []
    several = any(len(row.seeds) > 1 for row in rows)
    entries.append(_key("measured, mean" if several else "measured", "o", style.MEASURED))
    if several:
        entries.append(_key("a seed", "o", style.MEASURED, size=3.5, alpha=0.6))
        entries.append(Line2D([], [], color=style.MEASURED, label="95 % interval of the mean"))
    if any(row.borrowed for row in rows):
        label = "95 % by the spread of the report's repeats"
        entries.append(Line2D([], [], color=style.MEASURED, linestyle=(0, (1, 1.2)), label=label))
    if any(row.flags for row in rows):
        entries.append(_key("a run failed or is missing", "o", style.GREY, "white"))
    if any(row.control for row in rows):
        entries.append(Line2D([], [], color=style.MEASURED, lw=1, ls="--", label="control"))
    return entries


def _key(label: str, marker: str, colour: str, face: str | None = None, size=7.0, **how) -> Line2D:
    shape = {"marker": marker, "markersize": size, "markerfacecolor": face or colour, "mew": 1.6}
    return Line2D([], [], linestyle="", color=colour, label=label, **shape, **how)
