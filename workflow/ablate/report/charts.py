"""The site's charts as Vega-Lite specifications: the page puts in the values, by name.

Colours are the page's own CSS variables, so that a chart is light or dark with its page.
"""

from typing import Any

import altair as alt

INK, LINE = "currentColor", "var(--line)"
# As many rows have a colour of their own; the page repeats them with dashes.
COLOURS = [f"var(--c{i})" for i in range(7)]
BELOW, MIDDLE, ABOVE = "#C8500A", "#EEF0F2", "#0072B2"
WHOLE = "datum.value % 1 ? '' : format(datum.value, 'd')"  # no label at half an epoch
FONT = "system-ui, sans-serif"


def charts() -> dict[str, dict[str, Any]]:
    """Every chart by name."""
    return {
        "accuracy": finished(curves("accuracy, %")),
        "loss": finished(curves("cross-entropy loss")),
        "classes": finished(classes()),
        "confusion": finished(confusion()),
    }


def bundle() -> str:
    """The JavaScript that draws them: Vega, Vega-Lite and vega-embed in one text."""
    import vl_convert

    # Vega-Lite as altair writes it.
    version = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    return vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=version)


def curves(quantity: str) -> alt.LayerChart:
    """A `quantity` by epoch, a line a row: solid for test images, dashed for training images.

    Values: epoch, mean, low, high (over the seeds), row, part (test | train), colour, text.
    Parameters: top cuts the axis off (null: nothing is cut); alone is the one row that stands out
    ("": none); many are the rows whose bands would lie over each other: until one stands alone only
    those of the test images are drawn, pale.
    """
    top = alt.param(name="top", value=None)
    alone = alt.param(name="alone", value="")
    many = alt.param(name="many", value=False)
    near = alt.selection_point(
        name="near", nearest=True, on="pointermove", clear="pointerout", fields=["epoch", "row"]
    )
    pale, band = _opacities(alone, many)
    base = _by_epoch()
    y = alt.Y(
        "mean:Q", title=quantity, scale=alt.Scale(zero=False, domainMax=alt.ExprRef(top.name))
    )
    dash = alt.StrokeDash(
        "part:N",
        scale=alt.Scale(domain=["test", "train"], range=[[1, 0], [5, 4]]),
        legend=None,
    )
    area = base.mark_area(clip=True).encode(y=alt.Y("low:Q"), y2="high:Q", opacity=band)
    line = base.mark_line(clip=True, strokeWidth=2).encode(y=y, opacity=pale, strokeDash=dash)
    points = _points_near(base.encode(y=y), near)
    return (
        alt.layer(area, line, points)
        .add_params(top, alone, many)
        .properties(width="container", height=260)
    )


def _by_epoch() -> alt.Chart:
    """Something by epoch, for each row and part of the images."""
    return alt.Chart(alt.NamedData(name="values")).encode(
        x=alt.X(
            "epoch:Q",
            title="epoch",
            axis=alt.Axis(labelExpr=WHOLE, grid=False, labelOverlap="greedy", labelSeparation=6),
        ),
        color=alt.Color("colour:N", scale=None, legend=None),
        detail=["row:N", "part:N"],
    )


def _points_near(base: alt.Chart, near: alt.Parameter) -> alt.Chart:
    """Points that show near the pointer alone, and what they say there."""
    points = base.mark_point(clip=True, filled=True, size=70).encode(
        opacity=alt.condition(near, alt.value(1.0), alt.value(0.0), empty=False),
        tooltip=[
            alt.Tooltip("row:N", title="row"),
            alt.Tooltip("part:N", title="images"),
            alt.Tooltip("epoch:Q", title="epoch"),
            alt.Tooltip("text:N", title="value"),
        ],
    )
    return points.add_params(near)


def _opacities(alone: alt.Parameter, many: alt.Parameter) -> tuple[Any, Any]:
    """Of the lines and of the bands: pale where another row stands alone."""
    shown = f"{alone.name} === '' || datum.row === {alone.name}"
    pale = alt.condition(shown, alt.value(1.0), alt.value(0.12))
    band = (
        alt.when(f"!({shown}) || ({many.name} && {alone.name} === '' && datum.part === 'train')")
        .then(alt.value(0.0))
        .when(f"{many.name} && {alone.name} === ''")
        .then(alt.value(0.1))
        .otherwise(alt.value(0.18))
    )
    return pale, band


def classes() -> alt.LayerChart:
    """Accuracy by class less the control's, a line a row.

    Values: row, class, difference (percentage points), text (what stands in the cell), strong
    (whether the cell is dark).
    """
    base = alt.Chart(alt.NamedData(name="values")).encode(
        x=alt.X("class:N", sort=None, title=None, axis=alt.Axis(orient="top", labelAngle=-40)),
        y=alt.Y("row:N", sort=None, title=None, axis=alt.Axis(labelLimit=220)),
    )
    return _grid(
        base,
        "difference",
        [("row:N", "row"), ("class:N", "class"), ("difference:Q", "difference, points")],
    )


def confusion() -> alt.LayerChart:
    """A confusion matrix, or the difference of two.

    Values: true, predicted (classes), difference (what is coloured), count, text, strong.
    """
    base = alt.Chart(alt.NamedData(name="values")).encode(
        x=alt.X(
            "predicted:N", sort=None, title="predicted", axis=alt.Axis(orient="top", labelAngle=-40)
        ),
        y=alt.Y("true:N", sort=None, title="true class"),
    )
    return _grid(
        base,
        "difference",
        [("true:N", "true"), ("predicted:N", "predicted"), ("count:N", "images")],
    )


def _grid(base: alt.Chart, field: str, tooltips: list[tuple[str, str]]) -> alt.LayerChart:
    """Coloured cells with a text each; the parameter most is where the colours are full."""
    most = alt.param(name="most", value=1)
    scale = alt.Scale(
        domainMin=alt.ExprRef("-most"),
        domainMid=0,
        domainMax=alt.ExprRef("most"),
        range=[BELOW, MIDDLE, ABOVE],
        interpolate="rgb",
    )
    cells = base.mark_rect(stroke="var(--paper)", strokeWidth=1).encode(
        color=alt.Color(f"{field}:Q", scale=scale, legend=None),
        tooltip=[alt.Tooltip(name, title=title) for name, title in tooltips],
    )
    numbers = base.mark_text(fontSize=11).encode(
        text="text:N",
        color=alt.condition("datum.strong", alt.value("#ffffff"), alt.value("#1b2126")),
    )
    return (
        alt.layer(cells, numbers)
        .add_params(most)
        .properties(width=alt.Step(38), height=alt.Step(24))
    )


def finished(chart: alt.LayerChart) -> dict[str, Any]:
    """A chart in the page's own type and colours, as plain JSON values."""
    styled = (
        chart.configure(font=FONT, background="transparent")
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=INK,
            titleColor=INK,
            tickColor=LINE,
            domainColor=LINE,
            gridColor=LINE,
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
            labelLimit=120,
        )
    )
    return styled.to_dict()
