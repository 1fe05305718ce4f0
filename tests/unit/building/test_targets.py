"""A mistyped target is answered with the nearest name."""

from pathlib import Path

import pytest

from ablate.building.targets import may_be_wrong, refusal
from ablate.planning.plan import Plan
from ablate.planning.products import Products
from ablate.settings import written

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def products():
    return Products(Plan({**written.read(ROOT / "config.yaml"), "preset": "demo"}))


@pytest.mark.parametrize(
    ("target", "meant"),
    [
        ("results/demo/tables/activaton.csv", "results/demo/tables/activation.csv"),
        ("./results/demo/figures/curve.png", "results/demo/figures/curves.png"),
        ("results/demo/report/indx.html", "results/demo/report/index.html"),
        ("activation", "results/demo/tables/activation.csv"),
        ("study_dept", "results/demo/figures/study_depth.png"),
    ],
)
def test_what_nothing_makes_gets_the_nearest_name(products, target, meant):
    said = refusal(products, target, lambda _: False)
    assert said == f"unknown target {target!r}; did you mean {meant!r}?"


def test_a_run_that_is_not_planned_gets_the_nearest_run(products):
    run = products.names_of("runs")[0]
    wrong = f"results/demo/runs/{run.replace('/seed', 'x/seed')}/metrics.json"
    # Snakemake's pattern takes any name for a run's.
    said = refusal(products, wrong, lambda _: True)
    assert said.endswith(f"did you mean 'results/demo/runs/{run}/metrics.json'?")


@pytest.mark.parametrize(
    ("target", "preset"),
    [("results/tables/stem.csv", "paper"), ("results/quick/tables/stem.csv", "quick")],
)
def test_a_target_of_another_preset_says_which(products, target, preset):
    assert f"add --config preset={preset}" in refusal(products, target, lambda _: False)


def test_a_target_of_another_preset_is_told_where_its_like_is_here(products):
    said = refusal(products, "results/tables/stem.csv", lambda _: False)
    assert said.endswith("or ask for results/demo/tables/stem.csv, that of preset demo")
    said = refusal(products, "results/quick/tables/nothing.csv", lambda _: False)
    assert said.endswith("add --config preset=quick")


def test_a_target_of_another_preset_is_told_though_it_is_built(products, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    table = tmp_path / "results/quick/tables/stem.csv"
    table.parent.mkdir(parents=True)
    table.touch()
    target = str(table.relative_to(tmp_path))
    assert may_be_wrong(products, ["-n", target], lambda _: False)
    assert "add --config preset=quick" in refusal(products, target, lambda _: False)


def test_what_a_rule_makes_and_what_is_there_are_left_to_snakemake(products, tmp_path):
    assert refusal(products, "all", lambda name: name == "all") is None
    assert refusal(products, str(tmp_path), lambda _: False) is None


def test_a_word_like_none_names_an_example(products):
    said = refusal(products, "qqqqqqqqqq", lambda _: False)
    assert said.endswith("or a file such as results/demo/tables/stem.csv")


@pytest.mark.parametrize(
    ("line", "may"),
    [
        ("-n --quiet --cores 2 --config preset=demo seeds=[0,1]", False),
        ("--cores 2 results/demo/tables/stem.csv --configfile config.yaml", False),
        ("--cores 2 results/demo/tables/sten.csv", True),
        ("--cores 2 results/demo/runs/resnet34-x/seed0/metrics.json", True),
        ("tabels", True),
    ],
)
def test_only_a_line_with_a_word_that_nothing_makes_is_looked_at(products, monkeypatch, line, may):
    monkeypatch.chdir(ROOT)
    made = ("results/demo/tables/stem.csv", "results/demo/runs/resnet34-x/seed0/metrics.json")
    assert may_be_wrong(products, line.split(), made.__contains__) == may
