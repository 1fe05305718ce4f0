"""What the commands of `ablate` answer."""

import json

from fake_runs import vouch, write_run

from ablate import cli
from ablate.commands import cost, status
from ablate.planning.plan import Plan
from ablate.settings import own, written

# Three runs, none of the report's.
MINI = """
preset: mini
presets: {mini: {}}
data: {source: synthetic}
recipes:
  vgg:
    model: {name: vgg_a}
    optimizer: {name: SGD, lr: 0.1}
    schedule: null
    batch_size: 16
    epochs: 3
studies:
  mine:
    title: Mine
    recipe: vgg
    rows: {a: {}, b: {set: {optimizer.lr: 0.2}}, c: {set: {optimizer.lr: 0.3}}}
"""
# Code of one's own of every kind that a config can name; what runs it leaves a file.
THEIRS = """
from torch import nn
open("was run", "w").close()

def network(classes: int):
    return nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 32, classes))

def transform(images): ...
def loss(outputs, labels): ...
def schedule(optimizer): ...
def images(): ...
def figure(runs): ...
class Optimizer:
    def __init__(self, weights, lr: float): ...
class Observer: ...
"""
FROM_SOMEBODY = """
extensions: theirs
data: {source: code.images, name: theirs}
recipes:
  theirs:
    model: {name: code.network}
    augmentation: {code.transform: {}}
    loss: {name: code.loss}
    optimizer: {name: code.Optimizer, lr: 0.1}
    schedule: {name: code.schedule}
studies: {theirs: {title: Theirs, recipe: theirs, observers: [code.Observer], rows: {only: {}}}}
figures: {theirs: {title: Theirs, draw: code.figure, runs: {only: theirs/only}}}
"""


def test_plan_counts_the_report(here, capsys):
    assert cli.main(["plan"]) == 0
    said = capsys.readouterr().out
    assert "94 of 94 trainings are due" in said
    assert "shows once a run is finished" in said
    assert "not trained yet" not in said
    assert cli.main(["plan", "--runs"]) == 0
    assert capsys.readouterr().out.count("not trained yet") == 94


def test_plan_adds_up_arithmetic_as_counted_by_hand(here):
    plan = Plan(written.read(here / "config.yaml"))
    run = plan.studies["vgg_bn"].rows["without_bn"].training.run
    # Convolutions of VGG-A at 32x32 by hand: (in, out, side), 2 FLOP a multiply-add, 3x3 kernels.
    layers = [
        (3, 64, 32),
        (64, 128, 16),
        (128, 256, 8),
        (256, 256, 8),
        (256, 512, 4),
        (512, 512, 4),
    ]
    layers += [(512, 512, 2), (512, 512, 2)]
    by_hand = sum(2 * 9 * i * o * side * side for i, o, side in layers)
    by_hand += 2 * (512 * 512 + 512 * 512 + 512 * 10)
    assert cost.parameters_and_flop(run) == (9_750_922, by_hand)


def test_status_lists_every_study(here, capsys):
    assert cli.main(["status", "--preset", "demo"]) == 0
    said = capsys.readouterr().out
    for study in ("stem", "vgg_dropout", "santurkar"):
        assert study in said


def test_from_another_folder_the_projects_is_named(here, capsys, monkeypatch):
    (here / "docs").mkdir()
    monkeypatch.chdir(here / "docs")
    assert cli.main(["status"]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"error: there is no config.yaml in {here / 'docs'}: run ablate in")
    assert said.endswith(f"that is in {here}\n")


def test_what_is_outdated_for_one_reason_stands_in_one_line():
    reasons = {"tables/a": "settings: partial has changed", "tables/b": "code: x", "tables/c": ""}
    reasons["tables/c"] = reasons["tables/a"]
    assert status.by_reason(reasons) == {
        "settings: partial has changed": ["tables/a", "tables/c"],
        "code: x": ["tables/b"],
    }


def test_plan_says_which_images_are_not_used(here, capsys):
    (here / "mine.yaml").write_text("data: {source: folder, name: pets, path: pets}")
    assert cli.main(["plan", "--preset", "demo", "--configfile", "mine.yaml"]) == 0
    assert "Note: preset demo has images of its own" in capsys.readouterr().out


def test_status_counts_the_runs_that_a_card_took_kernel_by_kernel(here, capsys):
    (here / "config.yaml").write_text(MINI)
    plan = Plan(written.read(here / "config.yaml"))
    results = plan.results.root
    card = {"device_type": "cuda", "device": "H100"}
    for (run, seed), made in zip(
        plan.trainings(),
        (card | {"graphed": False}, card | {"graphed": True}, {"graphed": False}),
        strict=True,
    ):
        write_run(results, run, seed, **made)
    cli.main(["status"])
    assert "1 run on a GPU trained without a CUDA graph (" in capsys.readouterr().out
    for (run, seed), graphed in zip(plan.trainings(), (False, True, False), strict=True):
        vouch(plan.results.run(run, seed), **card, graphed=graphed)
    cli.main(["status"])
    assert "2 runs on a GPU trained without a CUDA graph (" in capsys.readouterr().out
    for run, seed in plan.trainings():
        vouch(plan.results.run(run, seed), graphed=True)
    cli.main(["status"])
    assert "CUDA graph" not in capsys.readouterr().out


def test_a_wrong_config_is_one_message(here, capsys):
    (here / "overlay.yaml").write_text("preset: dmeo\n")
    assert cli.main(["status", "--configfile", "overlay.yaml"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "did you mean 'demo'" in said.err


def test_settings_are_taken_as_snakemake_takes_them(here, capsys):
    assert cli.main(["status", "--config", "preset=demo", "seeds=[0, 1]"]) == 0
    assert "preset demo" in capsys.readouterr().out
    assert cli.main(["status", "--config", "demo"]) == 1
    assert "key=value is needed" in capsys.readouterr().err


def test_code_of_ones_own_is_run_by_plan_and_not_by_status(here, capsys):
    (here / "theirs").mkdir()
    (here / "theirs" / "code.py").write_text(THEIRS)
    (here / "mine.yaml").write_text(FROM_SOMEBODY)
    assert cli.main(["status", "--configfile", "mine.yaml"]) == 0
    assert not (here / "was run").exists()
    assert cli.main(["plan", "--configfile", "mine.yaml"]) == 0
    assert (here / "was run").exists()
    own.use(None)


def test_compare_names_the_table_that_is_not_there(here, capsys):
    assert cli.main(["compare", "elsewhere"]) == 1
    assert "no study's table is there" in capsys.readouterr().err
    (here / "mine.yaml").write_text("seeds: [0, 1]\n")
    options = ["--configfile", "mine.yaml", "--config", "preset=demo", "results=elsewhere"]
    assert cli.main(["compare", "elsewhere", *options]) == 1
    command = f"snakemake --cores 1 elsewhere/demo/tables/stem.csv {' '.join(options)}"
    assert command in capsys.readouterr().err
    (here / "mine.yaml").unlink()
    assert json.dumps(sorted(path.name for path in here.iterdir())) == '["config.yaml"]'
