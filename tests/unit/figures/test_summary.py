"""Figures over all rows of the report: cost, reported against measured."""

import pandas as pd
import pytest
from small_results import row, study_request, write_study

from ablate.figures import cost, reported_vs_measured, seconds
from ablate.figures.marks import marks
from ablate.paths import Results
from ablate.requests.figure import Drawing
from ablate.requests.study import Heading
from ablate.requests.table import SummaryTable
from ablate.steps.table import make

pytestmark = pytest.mark.usefixtures("styled")


@pytest.fixture
def summary(tmp_path):
    """Two studies that share a run, one row without a reported number, one collapsed."""
    shared = row("relu", 80.0, "resnet34-relu", reported_seconds=1000)
    elu = row("elu", 82.0, "resnet34-elu", reported_seconds=2000, reported_seconds_is="at least")
    first = study_request(tmp_path, rows=[shared, elu])
    second = study_request(
        tmp_path,
        study="depth",
        title="Depth",
        section="2.2.7",
        control="34",
        rows=[
            {**shared, "name": "34"},
            row("18", None, "resnet18-x"),
            row("a", 10.0, "vgg_a-x"),
        ],
    )
    times = {"relu": 100.0, "34": 100.0, "elu": 50.0, "18": 60.0, "a": 20.0}
    sizes = {"relu": 21e6, "34": 21e6, "elu": 21e6, "18": 11e6, "a": 9e6}
    measures = {"seconds": times, "parameters": {k: int(v) for k, v in sizes.items()}}
    write_study(first, {"relu": [81.0], "elu": [87.0]}, **measures)
    write_study(
        second, {"34": [81.0], "18": [79.0], "a": [10.0]}, collapsed={"a": True}, **measures
    )
    summarized(tmp_path, first, second)
    bound = ("activation", "elu")
    return Drawing(
        name="of_summary", results=Results(tmp_path), tables=("summary",), at_least=(bound,)
    )


def summarized(results, *studies):
    headings = tuple(Heading(name=study["name"], title=study["title"]) for study in studies)
    results = Results(results)
    make(SummaryTable(results=results, studies=headings), results.table("summary"))


def dots(axes):
    return [
        (float(line.get_xdata()[0]), float(line.get_ydata()[0]), line)
        for line in axes.lines
        if len(line.get_xdata()) == 1
    ]


def timed(reported, measured):
    row = {"reported_seconds": reported, "seconds_mean": measured, "at_least": False}
    return pd.DataFrame([row])


def test_cost_shows_each_distinct_run_once_in_three_panels(summary):
    figure = cost.draw(summary)
    times, _, sizes = figure.axes
    assert sorted(x for x, _, _ in dots(times)) == [20.0, 50.0, 60.0, 100.0]
    assert sorted(x for x, _, _ in dots(sizes)) == [9.0, 11.0, 21.0, 21.0]
    assert all(axes.get_xscale() == "log" for axes in figure.axes)
    assert all(len(dots(axes)) == 4 for axes in figure.axes)
    assert figure.get_suptitle() == "4 settings, mean over seeds"


def test_cost_marks_networks_and_failures(summary):
    figure = cost.draw(summary)
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels == ["resnet18", "resnet34", "vgg_a", "hollow: diverged or collapsed"]
    hollow = [(x, y) for x, y, line in dots(figure.axes[0]) if line.get_markerfacecolor() == "none"]
    assert hollow == [(20.0, 10.0)]


def test_reported_stands_against_measured(summary):
    figure = reported_vs_measured.draw(summary)
    scatter, differences = figure.axes
    assert sorted((x, y) for x, y, _ in dots(scatter)) == [
        (10.0, 10.0),
        (80.0, 81.0),
        (80.0, 81.0),
        (82.0, 87.0),
    ]
    assert scatter.get_xlim() == scatter.get_ylim()
    identity = scatter.lines[0]
    assert list(identity.get_xdata()) == list(identity.get_ydata())
    assert figure.get_suptitle() == "3 of 4 rows within 2 points of the reported accuracy"
    assert [label.get_text() for label in differences.get_yticklabels()] == [
        "activation (2)",
        "depth (2)",
    ]
    assert sorted((x, y) for x, y, _ in dots(differences)) == [(0, 1), (1, 0), (1, 1), (5, 0)]


def test_seconds_stand_on_logarithmic_axes_with_lines_of_equal_speed(summary):
    axes = seconds.draw(summary).axes[0]
    assert sorted((x, y) for x, y, _ in dots(axes)) == [
        (1000.0, 100.0),
        (1000.0, 100.0),
        (2000.0, 50.0),
    ]
    assert axes.get_xscale() == axes.get_yscale() == "log"
    labels = [text.get_text() for text in axes.texts if text.get_text()]
    assert "10x faster" in labels
    for line in axes.lines:
        if len(line.get_xdata()) == 2:
            slope = line.get_xdata() / line.get_ydata()
            assert slope[0] == pytest.approx(slope[1])


def test_lower_bounds_are_arrows_and_no_part_of_the_mean(summary):
    figure = seconds.draw(summary)
    assert figure.get_suptitle() == "10 times faster (geometric mean of 2 rows)"
    assert "or longer" in [text.get_text() for text in figure.legends[0].get_texts()]
    without = seconds.draw(summary.model_copy(update={"at_least": ()}))
    assert "of 3 rows" in without.get_suptitle()


def test_the_times_of_shortened_runs_are_called_so(summary):
    title = seconds.draw(summary.model_copy(update={"note": "a demo"})).get_suptitle()
    assert title == "Shortened runs: 10 times faster (geometric mean of 2 rows)"


def test_many_times_are_written_out():
    assert seconds.ratio(timed(121_000.0, 100.0)) == "1,210 times faster (1 row)"


def test_a_title_however_long_runs_into_no_legend(summary):
    figure = seconds.draw(summary.model_copy(update={"note": "a demo"}))
    figure.draw_without_rendering()
    title = figure._suptitle.get_window_extent()
    assert not title.overlaps(figure.legends[0].get_window_extent())
    assert not any(title.overlaps(axes.get_tightbbox()) for axes in figure.axes)


def test_a_study_has_one_look_though_others_lack_what_is_drawn(summary):
    looks = marks(["activation", "depth"], {"depth"})
    assert looks == {"depth": marks(["activation", "depth"])["depth"]}


def test_slower_training_is_called_slower():
    assert seconds.ratio(timed(100.0, 400.0)) == "4 times slower (1 row)"
    assert [seconds.speed(f) for f in (0.1, 1, 100)] == ["10x slower", "equal", "100x faster"]


def test_without_reported_numbers_the_figures_say_so(tmp_path):
    study = study_request(tmp_path, control="a", rows=[row("a", None, "resnet18-a")])
    write_study(study, {"a": [80.0]})
    summarized(tmp_path, study)
    for module in (reported_vs_measured, seconds):
        figure = module.draw(Drawing(name="of_summary", results=Results(tmp_path)))
        figure.draw_without_rendering()
        title = figure.get_suptitle() or figure.axes[0].get_title("left")
        assert title.startswith("No row has a reported and a measured")
