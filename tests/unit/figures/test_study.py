"""A study's comparison figure: what is drawn, and that nothing covers anything."""

import math
from itertools import combinations

import pytest
from scipy import stats
from small_results import row, study_request, write_study

from ablate.figures import study, style
from ablate.paths import Results
from ablate.requests.figure import StudyDrawing
from ablate.requests.study import AskedStudy
from ablate.tables.stored import read_study

pytestmark = pytest.mark.usefixtures("styled")


def drawn(request_study):
    asked = StudyDrawing(name="study_activation", study=AskedStudy(**request_study))
    figure = study.draw(asked)
    figure.draw_without_rendering()
    return figure, figure.axes[0]


def read_rows(request_study):
    return study.read_rows(AskedStudy(**request_study))


def points(axes, marker):
    """(x, y) of every single dot of a marker."""
    return [
        (float(line.get_xdata()[0]), round(float(line.get_ydata()[0]), 2))
        for line in axes.lines
        if line.get_marker() == marker and len(line.get_xdata()) == 1
    ]


def test_reported_and_measured_stand_in_their_rows(tmp_path):
    request = study_request(tmp_path)
    write_study(request, {"relu": [80.0], "elu": [83.0], "tanh": [75.0]})
    _, axes = drawn(request)
    assert points(axes, "D") == [(80.6, 0.22), (82.26, 1.22), (74.66, 2.22)]
    assert points(axes, "o") == [(80.0, -0.12), (83.0, 0.88), (75.0, 1.88)]
    assert axes.get_ylim() == (2.5, -0.5)


def test_labels_say_control_confounded_and_n(tmp_path):
    request = study_request(tmp_path)
    write_study(request, {"relu": [80.0], "elu": [83.0], "tanh": [75.0]})
    _, axes = drawn(request)
    labels = axes.get_yticklabels()
    assert [label.get_text() for label in labels] == [
        "relu (control)",
        "elu",
        "tanh\N{NO-BREAK SPACE}†",
    ]
    assert [label.get_fontweight() for label in labels] == ["bold", "normal", "normal"]
    assert "n = 1 seed a row" in axes.get_xlabel()
    assert "more than one setting" in axes.get_xlabel()


def test_a_study_of_many_rows_is_drawn_in_part_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(study, "MOST_ROWS", 2)
    request = study_request(tmp_path)
    request["control"] = "tanh"
    write_study(request, {"relu": [80.0], "elu": [83.0], "tanh": [75.0]})
    figure, axes = drawn(request)
    labels = [label.get_text().split()[0] for label in axes.get_yticklabels()]
    assert labels == ["relu", "tanh"]
    assert "1 of its 3 rows are not drawn" in figure.get_suptitle()


def test_control_line_stands_at_its_mean(tmp_path):
    request = study_request(tmp_path)
    write_study(request, {"relu": [80.0], "elu": [83.0], "tanh": [75.0]})
    _, axes = drawn(request)
    dashed = [line for line in axes.lines if line.get_linestyle() == "--"]
    assert [line.get_xdata()[0] for line in dashed] == [80.0]


def test_seeds_are_dots_and_the_interval_is_students(tmp_path):
    request = study_request(tmp_path)
    for entry in request["rows"]:
        entry["seeds"] = [0, 1, 2]
    values = [79.0, 80.0, 82.0]
    write_study(request, {"relu": values, "elu": [83.0] * 3, "tanh": [75.0] * 3})
    rows = read_rows(request)
    low, high = stats.t.interval(
        0.95, df=2, loc=sum(values) / 3, scale=stats.tstd(values) / math.sqrt(3)
    )
    assert rows[0].mean - rows[0].half_width == pytest.approx(low, abs=1e-3)
    assert rows[0].mean + rows[0].half_width == pytest.approx(high, abs=1e-3)
    _, axes = drawn(request)
    seeds = [list(line.get_xdata()) for line in axes.lines if len(line.get_xdata()) == 3]
    assert seeds == [values, [83.0] * 3, [75.0] * 3]
    assert "n = 3 seeds a row" in axes.get_xlabel()


def test_one_seed_borrows_the_reports_spread_and_says_so(tmp_path):
    request = study_request(tmp_path)
    write_study(request, {"relu": [80.0], "elu": [83.0], "tanh": [75.0]})
    relu = read_rows(request)[0]
    assert relu.borrowed
    assert relu.half_width == pytest.approx(stats.t.ppf(0.975, 4))
    figure, _ = drawn(request)
    assert any("report's repeats" in text.get_text() for text in figure.legends[0].get_texts())


def test_without_noise_one_seed_has_no_interval(tmp_path):
    request = study_request(tmp_path, noise=None)
    write_study(request, {"relu": [80.0], "elu": [83.0], "tanh": [75.0]})
    assert all(math.isnan(r.half_width) for r in read_rows(request))
    _, axes = drawn(request)
    assert not axes.collections


def test_failed_and_missing_rows_are_named(tmp_path):
    request = study_request(tmp_path, partial=True)
    request["rows"][1]["seeds"] = [0, 1]
    write_study(
        request,
        {"relu": [], "elu": [10.0, 12.0], "tanh": [10.0]},
        collapsed={"tanh": True},
        diverged={"elu": True},
    )
    assert [r.flags for r in read_rows(request)] == ["missing", "diverged", "collapsed"]
    _, axes = drawn(request)
    beside = [text.get_text() for text in axes.texts]
    assert {"missing", "diverged", "collapsed"} <= set(beside)
    hollow = [
        line for line in axes.lines if line.get_marker() == "o" and line.get_markersize() == 8
    ]
    assert {line.get_markerfacecolor() for line in hollow} == {"white"}
    assert axes.get_yticklabels()[0].get_text().endswith("n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}0")


def test_part_of_the_seeds_missing_is_counted(tmp_path):
    request = study_request(tmp_path)
    request["rows"][1]["seeds"] = [0, 1, 2]
    write_study(request, {"relu": [80.0], "elu": [83.0, 84.0], "tanh": [75.0]})
    assert read_rows(request)[1].flags == "1 of 3 missing"


def test_numbers_and_the_best_of_each_are_written(tmp_path):
    request = study_request(tmp_path)
    write_study(request, {"relu": [80.0], "elu": [79.0], "tanh": [75.0]})
    _, axes = drawn(request)
    bold = [text.get_text() for text in axes.texts if text.get_fontweight() == "bold"]
    # The highest that is reported; of single runs so close none is the best.
    assert bold == ["reported", "82.26", "measured"]
    write_study(request, {"relu": [80.0], "elu": [99.0], "tanh": [75.0]})
    _, axes = drawn(request)
    bold = [text.get_text() for text in axes.texts if text.get_fontweight() == "bold"]
    assert bold == ["reported", "82.26", "measured", "99.00"]


def test_limits_hold_everything_within_0_and_100(tmp_path):
    request = study_request(tmp_path)
    write_study(request, {"relu": [99.5], "elu": [0.2], "tanh": [75.0]})
    rows = read_rows(request)
    low, high = study.limits(rows)
    assert low <= 0.2
    assert low >= -1
    assert 99.5 <= high <= 101


def test_rows_named_like_numbers_and_none_are_found(tmp_path):
    request = study_request(
        tmp_path,
        control="none",
        rows=[row("none", 78.6, "run-a"), row("1e-5", 78.0, "run-b"), row("16", None, "run-c")],
    )
    write_study(request, {"none": [80.0], "1e-5": [81.0], "16": [82.0]})
    rows = read_rows(request)
    assert [r.mean for r in rows] == [80.0, 81.0, 82.0]
    assert math.isnan(rows[2].reported)
    assert read_study(Results(tmp_path), "activation")["row"][0] == "none"


def test_fifteen_rows_with_long_labels_do_not_overlap(tmp_path):
    names = [f"r{i}" for i in range(15)]
    rows = [
        row(
            name,
            80.0,
            f"run-{name}",
            label="width half, hidden 10, dropout 0.1 after BN",
            differs_by=["model.width", "model.hidden"],
        )
        for name in names
    ]
    request = study_request(tmp_path, control="r0", rows=rows)
    write_study(request, {name: [80.0 + i / 10] for i, name in enumerate(names)})
    figure, axes = drawn(request)
    boxes = [label.get_window_extent() for label in axes.get_yticklabels()]
    boxes += [text.get_window_extent() for text in axes.texts]
    boxes += [axes.xaxis.label.get_window_extent(), figure.legends[0].get_window_extent()]
    boxes.append(figure._suptitle.get_window_extent())
    for one, other in combinations(boxes, 2):
        assert not one.overlaps(other)
    inside = figure.get_window_extent()
    for box in boxes:
        assert inside.x0 <= box.x0
        assert box.x1 <= inside.x1


@pytest.mark.parametrize("length", range(20, 36))
def test_no_line_of_a_label_begins_with_its_dagger_or_its_number(tmp_path, length):
    label = ("a row of " + "many words " * 5)[:length].rstrip()
    rows = [
        row("one", 80.0, "run-one", label="short", seeds=[0, 1]),
        row("other", 80.0, "run-other", label=label, differs_by=["model.width", "model.hidden"]),
    ]
    request = study_request(tmp_path, control="one", rows=rows)
    write_study(request, {"one": [80.0, 81.0], "other": [80.0]})
    _, axes = drawn(request)
    lines = axes.get_yticklabels()[1].get_text().split("\n")
    assert " ".join(lines).replace("\N{NO-BREAK SPACE}", " ").endswith(" †, n = 1")
    assert not [line for line in lines if line[0] in "†=0123456789"]


def test_a_narrow_figure_has_room_beside_long_labels_and_what_is_missing(tmp_path, recwarn):
    names = ["final_softmax", "short"]
    rows = [
        row(name, 80.0, f"run-{name}", label="ReLU and a final softmax", seeds=[0, 1, 2])
        for name in names
    ]
    request = study_request(tmp_path, control="short", rows=rows, partial=True)
    write_study(request, {"final_softmax": [80.0], "short": [80.0, 81.0, 82.0]})
    with style.applied(narrow=True):
        figure, axes = drawn(request)
        assert axes.get_window_extent().width > 0.15 * figure.get_window_extent().width
    assert not [str(warning.message) for warning in recwarn]
    texts = [*axes.get_yticklabels(), *axes.texts]
    assert "2 of 3\nmissing" in [text.get_text() for text in texts]


def test_a_study_of_no_run_at_all_shows_what_was_reported(tmp_path):
    request = study_request(tmp_path, noise=None)
    write_study(request, {"relu": [], "elu": [], "tanh": []})
    _, axes = drawn(request)
    assert "no seed finished" in axes.get_xlabel()
    assert [x for x, _ in points(axes, "D")] == [80.6, 82.26, 74.66]
    assert [text.get_text() for text in axes.texts].count("missing") == 3


def legend(figure) -> list[str]:
    return [text.get_text() for text in figure.legends[0].get_texts()]


def test_a_study_of_ones_own_shows_nothing_reported(tmp_path):
    rows = [row("relu", None, "run-relu", seeds=[0]), row("elu", None, "run-elu", seeds=[0])]
    request = study_request(tmp_path, rows=rows)
    write_study(request, {"relu": [80.0], "elu": [83.0]})
    figure, axes = drawn(request)
    assert "reported" not in [text.get_text() for text in axes.texts]
    assert "–" not in [text.get_text() for text in axes.texts]
    assert "reported" not in legend(figure)


def test_a_hollow_mark_is_explained_where_there_is_one(tmp_path):
    request = study_request(tmp_path)
    write_study(request, {"relu": [80.0], "elu": [83.0], "tanh": [75.0]})
    assert "a run failed or is missing" not in legend(drawn(request)[0])
    write_study(request, {"relu": [80.0], "elu": [83.0], "tanh": [10.0]}, collapsed={"tanh": True})
    assert "a run failed or is missing" in legend(drawn(request)[0])


def test_what_failed_is_counted_among_the_finished_runs(tmp_path):
    request = study_request(tmp_path, partial=True)
    request["rows"][1]["seeds"] = [0, 1, 2]
    written = {"relu": [80.0], "elu": [10.0], "tanh": [75.0]}
    write_study(request, written, collapsed={"elu": True})
    assert read_rows(request)[1].flags == "collapsed\n2 of 3 missing"
