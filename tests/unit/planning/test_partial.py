"""A partial report shows what is finished, and says of the rest that it is not."""

import pytest

from ablate.building.agenda import Agenda
from ablate.paths import Results
from ablate.planning.inputs import families_there
from ablate.planning.plan import Plan
from ablate.planning.products import Products
from ablate.requests.figure import Drawing
from ablate.steps import figure

CONFIG = {
    "preset": "full",
    "partial": True,
    "data": {"source": "synthetic", "train": 100, "test": 100},
    "presets": {"full": {}},
    "recipes": {"tiny": {"model": {"name": "resnet18", "width": 0.1}, "batch_size": 50}},
    "studies": {
        "widths": {
            "title": "Widths",
            "recipe": "tiny",
            "rows": {"narrow": {"control": True}, "wide": {"set": {"model.width": 0.2}}},
        }
    },
    "figures": {
        "stem_kernels": {"title": "Kernels", "section": "1", "runs": {"wide": "widths/wide"}},
        "curves": {"title": "Curves", "section": "2", "best_of": "widths"},
    },
}


# A run taken in from elsewhere has no metrics yet.
@pytest.fixture(params=["metrics.json", "training.json"])
def config(request, tmp_path, monkeypatch):
    """Of two rows one is finished."""
    monkeypatch.chdir(tmp_path)
    written = {**CONFIG, "results": str(tmp_path / "results")}
    plan = Plan(written)
    run = plan.studies["widths"].rows["narrow"].training.run.name
    folder = plan.results.run(run, 0)
    folder.mkdir(parents=True)
    (folder / request.param).write_text("{}")
    return written


def test_nothing_of_it_waits_for_what_is_not_trained(config):
    products = Products(Plan(config))
    made_of = {made for name in products.names() for made in products[name].inputs.values()}
    shown = {name for name in made_of if name.startswith("metrics/")}
    assert len(shown) == 1
    assert len({name for name in made_of if name.startswith("runs/")}) == 2  # by metrics themselves
    report = [name for name in products.names() if name.startswith(("tables", "figures", "report"))]
    wanted = {made for name in report for made in products[name].inputs.values()}
    assert not any("width=0.2" in name for name in wanted)
    assert any("stem_kernels.png" in path for path in Agenda(config).everything())


def test_a_figure_shows_the_runs_that_are_there_or_says_that_none_is(config, tmp_path):
    products = Products(Plan(config))
    curves, kernels = products["figures/curves"].request, products["figures/stem_kernels"].request
    assert [run["label"] for run in curves["runs"]] == ["narrow"]
    assert not curves["missing"]
    assert kernels["missing"]
    asked = Drawing.read("figures/stem_kernels", kernels, Results(tmp_path))
    figure.draw(asked, tmp_path / "k.png")
    assert "Not measured yet" in (tmp_path / "k.svg").read_text()


def test_a_run_whose_folder_is_gone_is_missing_and_not_trained_again(config):
    plan = Plan(config)
    run = plan.studies["widths"].rows["wide"].training.run.name
    record = plan.results.record(f"metrics/{run}/seed0")
    record.parent.mkdir(parents=True)
    record.write_text("{}")
    lost = str(record)
    assert lost not in Agenda(config).everything()
    assert lost in Agenda({**config, "partial": False}).everything()


RATES = (0.1, 0.2, 0.3)
FAMILY = {
    "label": "Rates",
    "recipe": "tiny",
    "over": {"optimizer.lr": [*RATES]},
    "seeds": [0, 1, 2],
}


@pytest.mark.parametrize(
    ("finished", "shown"),
    [
        ({0: RATES, 1: (0.1,), 2: RATES}, (RATES, (0, 2))),
        ({0: (0.1, 0.2), 1: (0.2, 0.3), 2: (0.3,)}, ((0.1, 0.2), (0,))),
        ({0: (0.1,), 1: (0.3,)}, ((0.1,), (0,))),
        ({}, None),
    ],
    ids=["the seeds of all", "the seed of most", "never a seed that one of them lacks", "none"],
)
def test_a_band_is_of_the_same_members_at_each_seed(tmp_path, monkeypatch, finished, shown):
    monkeypatch.chdir(tmp_path)
    plan = Plan({**CONFIG, "results": str(tmp_path / "r"), "families": {"rates": FAMILY}})
    named = {value: training.run.name for value, training in plan.families["rates"].members}
    for seed, rates in finished.items():
        for rate in rates:
            record = plan.results.training(named[rate], seed)
            record.parent.mkdir(parents=True)
            record.write_text("{}")
    there = families_there(plan, plan.families.values())
    members = [(value, training.seeds) for family in there for value, training in family.members]
    assert members == ([] if shown is None else [(rate, shown[1]) for rate in shown[0]])


def test_the_whole_report_waits_for_all(config):
    products = Products(Plan({**config, "partial": False}))
    assert len(products["figures/curves"].request["runs"]) == 2
    assert not products["figures/stem_kernels"].request["missing"]
