"""The common look, the demo mark, and saving."""

import contextlib
import io
import re
import zlib
from itertools import product

import matplotlib
import numpy as np
import pytest
from fontTools.ttLib import TTFont
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from ablate.errors import AblateError
from ablate.figures import saving, style
from ablate.figures.marks import marks

NOTE = "Demo: synthetic data, shrunken networks. These numbers say nothing about CIFAR-10."


def drawing():
    figure = style.figure(height=3)
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], label="line")
    axes.set_xlabel("epoch")
    figure.supxlabel("below")
    figure.legend(loc="outside lower left")
    return figure


def test_style_acts_inside_the_block_only():
    before = matplotlib.rcParams["axes.spines.top"]
    with style.applied():
        assert matplotlib.rcParams["axes.spines.top"] is False
        assert matplotlib.rcParams["savefig.dpi"] == 200
    assert matplotlib.rcParams["axes.spines.top"] == before


def test_stamp_stands_below_everything_drawn():
    with style.applied():
        figure = drawing()
        figure.draw_without_rendering()
        drawn = figure.get_tightbbox()
        mark = saving.stamp(figure, NOTE, drawn)
        figure.draw_without_rendering()
        assert mark.get_text().replace("\n", " ") == NOTE
        assert mark.get_bbox_patch().get_window_extent().y1 < drawn.y0 * figure.dpi
        width = figure.get_window_extent().width
        assert mark.get_window_extent().width < width


@pytest.mark.parametrize("note", [None, ""])
def test_without_a_note_nothing_is_stamped(note):
    figure = drawing()
    assert saving.stamp(figure, note, figure.get_tightbbox()) is None
    assert [text.get_text() for text in figure.texts] == ["below"]


def test_saving_moves_neither_legend_nor_axes(tmp_path):
    with style.applied():
        figure = drawing()
        figure.draw_without_rendering()
        before = [figure.legends[0].get_window_extent(), figure.axes[0].get_window_extent()]
        saving.save(figure, tmp_path / "figure.png", NOTE)
        figure.draw_without_rendering()
        after = [figure.legends[0].get_window_extent(), figure.axes[0].get_window_extent()]
    for old, new in zip(before, after, strict=True):
        assert new.bounds == pytest.approx(old.bounds, abs=0.5)


def test_equal_drawings_give_equal_bytes_and_nothing_else_is_left(tmp_path):
    with style.applied():
        for name in ("one", "two"):
            saving.save(drawing(), tmp_path / f"{name}.png")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "one.pdf",
        "one.png",
        "one.svg",
        "two.pdf",
        "two.png",
        "two.svg",
    ]
    for kind in ("png", "svg", "pdf"):
        one, two = ((tmp_path / f"{name}.{kind}").read_bytes() for name in ("one", "two"))
        assert one == two
    assert b"<dc:date>" not in (tmp_path / "one.svg").read_bytes()


def test_a_figure_is_laid_out_once_and_drawn_once_in_each_format(tmp_path, monkeypatch):
    laid_out, drawn = [], []
    execute, draw = ConstrainedLayoutEngine.execute, Figure.draw
    monkeypatch.setattr(ConstrainedLayoutEngine, "execute", lambda *a: laid_out.append(execute(*a)))
    monkeypatch.setattr(Figure, "draw", lambda *a: drawn.append(draw(*a)))
    with style.applied():
        saving.save(drawing(), tmp_path / "figure.png", NOTE)
        # One of one's own code, which has no layout engine.
        saving.save(Figure(layout="none"), tmp_path / "own.png", NOTE)
    assert len(laid_out) == saving.ROUNDS
    assert len(drawn) == 2 * len(saving.FORMATS)


@pytest.mark.parametrize("kind", saving.FORMATS)
def test_no_format_shows_in_another(tmp_path, monkeypatch, kind):
    with style.applied():
        saving.save(drawing(), tmp_path / "all.png", NOTE)
        monkeypatch.setattr(saving, "FORMATS", {kind: saving.FORMATS[kind]})
        saving.save(drawing(), tmp_path / "alone.png", NOTE)
    alone, together = ((tmp_path / f"{name}.{kind}").read_bytes() for name in ("alone", "all"))
    assert alone == together


def test_of_fonts_a_pdf_holds_no_tables_for_setting_text(tmp_path):
    with style.applied():
        saving.save(drawing(), tmp_path / "figure.png", NOTE)
    fonts = embedded(tmp_path / "figure.pdf")
    assert {"glyf"} <= set.intersection(*fonts)
    assert not {"GSUB", "GPOS", "GDEF"} & set.union(*fonts)


def embedded(pdf):
    """The names of the tables of each font in a PDF."""
    fonts = [data for data in streams(pdf) if data[:4] == b"\0\1\0\0"]
    return [set(TTFont(io.BytesIO(data)).keys()) for data in fonts]


def streams(pdf):
    """The compressed parts of a PDF, unpacked: the page's drawing first."""
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf.read_bytes(), re.DOTALL)
    unpacked = []
    for stream in packed:
        with contextlib.suppress(zlib.error):
            unpacked.append(zlib.decompress(stream))
    return unpacked


def test_text_stays_text(tmp_path):
    with style.applied():
        saving.save(drawing(), tmp_path / "figure.png")
    assert ">epoch</text>" in (tmp_path / "figure.svg").read_text()


def test_equal_narrow_drawings_of_many_fonts_give_equal_bytes(tmp_path):
    with style.applied(narrow=True):
        for name in ("one", "two"):
            figure = drawing()
            for weight, slant, family in product(
                ("normal", "bold"), ("normal", "italic"), ("sans-serif", "monospace")
            ):
                figure.text(0.5, 0.5, "a", weight=weight, style=slant, family=family)
            saving.save_narrow(figure, tmp_path / f"{name}.pdf", NOTE)
    one, two = ((tmp_path / f"{name}.pdf").read_bytes() for name in ("one", "two"))
    assert one == two
    assert one.count(b"/FontFile2") == 8


def test_a_narrow_figure_is_as_wide_as_a_column(tmp_path):
    with style.applied(narrow=True):
        figure = drawing()
        assert figure.get_size_inches()[0] == pytest.approx(8 * style.NARROW)
        saving.save_narrow(figure, tmp_path / "figure.pdf")
    [width] = re.findall(rb"/MediaBox \[ 0 0 ([\d.]+) ", (tmp_path / "figure.pdf").read_bytes())
    assert float(width) == pytest.approx(72 * 3.3, abs=0.1)
    with style.applied():
        assert style.figure(height=1).get_size_inches()[0] == 8


def test_a_narrow_pdf_is_the_same_drawing_shrunk_and_nothing_of_it_is_cut(tmp_path):
    with style.applied(narrow=True):
        saving.save(drawing(), tmp_path / "figure.png", NOTE)
        saving.save_narrow(drawing(), tmp_path / "narrow.pdf", NOTE)
    whole, narrow = (streams(tmp_path / name)[0] for name in ("figure.pdf", "narrow.pdf"))
    drawn, shrunk = (stream.splitlines() for stream in (whole, narrow))
    [scaling] = [line for line in shrunk if line not in drawn]
    assert re.fullmatch(rb"(0\.\d+) 0 0 \1 0 0 cm", scaling)
    assert [line for line in shrunk if line != scaling] == drawn


def test_an_axis_ends_before_what_would_flatten_the_rest():
    assert style.top_of([1.0] * 19 + [50.0]) == pytest.approx(1.3)
    assert style.top_of([1.0, 1.5, 2.0, 2.5, 3.0]) is None
    assert style.top_of([0.1, 0.5, 1.0, 1.5, 2.0, 2.0, 127.0, 158.0]) == pytest.approx(2.6)
    assert style.top_of([0.1, 0.2, 0.3, 0.4, 1.0, 2.0, 2.3, 2.4]) is None
    assert style.top_of([1.0, 50.0]) is None  # too few to say what is usual
    assert style.top_of([1.0] * 19 + [np.inf]) is None


def test_saving_into_a_file_names_it(tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(AblateError, match="taken"):
        saving.save(drawing(), tmp_path / "taken" / "figure.png")


def test_logarithmic_axes_show_plain_numbers():
    figure = style.figure(height=3)
    axes = figure.subplots()
    axes.plot([10, 2000], [1, 1])
    style.logarithmic(axes.xaxis)
    figure.draw_without_rendering()
    assert axes.get_xscale() == "log"
    assert axes.get_yscale() == "linear"
    shown = [tick.get_text() for tick in axes.get_xticklabels()]
    assert {"10", "30", "100", "300", "1000"} <= set(shown)


def test_a_logarithmic_axis_over_many_decades_has_ticks_too():
    figure = style.figure(height=2)
    axes = figure.subplots(3)[-1]
    axes.plot([1, 2], [1e-10, 1e-2])
    style.logarithmic(axes.yaxis)
    figure.draw_without_rendering()
    low, high = axes.get_ylim()
    ticks = [tick for tick in axes.get_yticks() if low <= tick <= high]
    assert len(ticks) >= 2
    assert all(np.isclose(np.log10(tick) % 1, 0) for tick in ticks)


def test_fourteen_studies_get_fourteen_looks():
    names = [f"study{i}" for i in range(14)]
    assert list(marks(names)) == names
    assert len(set(marks(names).values())) == 14
