"""A figure of one's own: what its function is given, and what is told where it is wrong."""

import subprocess
import sys

import pytest
from asking import asked
from pydantic import ValidationError
from small_results import write_data, write_run

from ablate.errors import AblateError
from ablate.figures import own as drawing
from ablate.paths import Results
from ablate.planning import figure_needs
from ablate.requests.figure import Drawing
from ablate.requests.runs import ShownRun
from ablate.settings import own
from ablate.settings.figure import DRAWN_FROM, Figure

FILE = """
from matplotlib.figure import Figure

def epochs(runs, bins: int = 4, title: str = ""):
    figure = Figure()
    axes = figure.subplots()
    for run in runs:
        axes.plot(run.history["test_accuracy"], label=f"{run.label} {run.seed}")
    axes.set_title(f"{title} {bins} {runs[0].best_accuracy:.0f}")
    return figure

def pixels(images):
    figure = Figure()
    figure.subplots().hist(images.train_images.ravel())
    return figure

def rows(tables):
    return len(tables["one"])

def fails(runs):
    return runs[7]
"""


@pytest.fixture(autouse=True)
def folder(tmp_path):
    (tmp_path / "mine.py").write_text(FILE)
    own.use(tmp_path)
    yield tmp_path
    own.use(None)


def request(tmp_path, function, **changes):
    given = {"runs": (ShownRun(label="A", run="a", seeds=(0, 1)),), **changes}
    return Drawing(name="mine", draw=function, **given).at(Results(tmp_path / "results"))


def write_runs(tmp_path):
    for seed in (0, 1):
        write_run(tmp_path / "results", "a", seed, 80.0)


def test_it_is_given_runs_and_options_by_the_names_of_its_arguments(tmp_path):
    write_runs(tmp_path)
    (axes,) = drawing.draw(request(tmp_path, "mine.epochs", options={"title": "Mine"})).axes
    assert [line.get_label() for line in axes.lines] == ["A 0", "A 1"]
    assert axes.get_title() == "Mine 4 80"


def test_it_is_given_the_packed_images(tmp_path):
    write_data(tmp_path / "results")
    assert drawing.draw(request(tmp_path, "mine.pixels", runs=())).axes


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("mine.fails", r"mine.fails fails: mine.py, line \d+: IndexError"),
        ("mine.rows", "mine.rows returns int, a matplotlib Figure is needed"),
    ],
)
def test_what_is_wrong_is_told(tmp_path, function, said):
    write_runs(tmp_path)
    (tmp_path / "results/tables").mkdir()
    (tmp_path / "results/tables/one.csv").write_text("row\na\n")
    with pytest.raises(AblateError, match=said):
        drawing.draw(request(tmp_path, function, tables=("one",)))


def figure(**changes):
    return Figure.model_validate({"title": "Mine", "draw": "mine.epochs", **changes})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"draw": "mine.epoch"},
            "no class or function of this name stands in .*did you mean 'mine.epochs'",
        ),
        ({"draw": "epochs"}, "should match pattern"),
        ({"options": {"bin": 3}}, "takes no argument 'bin'; did you mean 'bins'"),
        ({"options": {"bins": "x"}}, "found the text 'x', a number is needed"),
        ({"options": {"runs": []}}, "takes no argument 'runs'"),
    ],
)
def test_a_mistake_in_the_config_is_told_when_it_is_read(changes, said):
    with pytest.raises(ValidationError, match=said):
        figure(**changes)


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("mine", {}, r"figures.mine.runs: found none, but mine.epochs takes runs: list them"),
        ("mine", {"draw": "mine.pixels"}, r"figures.mine.images: .* takes images: write true"),
        ("curves", {"runs": {"A": "one/a"}}, "figures.curves: ablate has a figure of this name"),
        ("study_x", {"runs": {"A": "one/a"}}, "not with study_"),
        ("x_narrow", {"runs": {"A": "one/a"}}, "does not end with _narrow"),
        ("a/b", {"runs": {"A": "one/a"}}, "a figure's name may hold a-z"),
    ],
)
def test_a_figure_that_could_not_be_drawn_is_refused_at_planning(name, changes, said):
    with pytest.raises(AblateError, match=said):
        figure_needs.check(name, figure(**changes), {})


def test_its_arguments_say_what_it_needs():
    figure_needs.check("mine", figure(runs={"A": "one/a"}), {"A": set()})
    assert not figure_needs.needs("mine", figure()).weights
    assert figure_needs.needs("mine", figure(draw="mine.pixels")).images
    assert {*drawing.GIVEN} == {*DRAWN_FROM}


def test_it_loads_no_torch_where_it_draws_no_weights(tmp_path):
    write_runs(tmp_path)
    out = tmp_path / "results/figures/mine.png"
    command = asked(
        request(tmp_path, "mine.epochs", note="Demo").plain(),
        *(tmp_path / "results", [out]),
        extensions=tmp_path,
    )
    script = (
        "import sys; sys.path.insert(0, 'workflow'); from ablate.steps import figure\n"
        f"assert figure.main({command!r}) == 0\n"
        "assert 'torch' not in sys.modules, 'loaded'"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
    assert out.read_bytes().startswith(b"\x89PNG")
    assert out.with_name("mine_narrow.pdf").exists()
