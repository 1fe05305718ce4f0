"""What the commands say about disk: runs to prune, and the room that a plan needs."""

import fcntl
import io
import json
import re

import pytest
import tiny_training
import yaml
from rich.console import Console

from ablate.commands import cost, prune
from ablate.commands import plan as planning
from ablate.errors import AblateError
from ablate.job import lock
from ablate.planning import acceptance
from ablate.planning.plan import Plan
from ablate.steps import train

CONFIG = """
results: {results}
presets: {{paper: {{}}}}
recipes:
  tiny: {{model: {{name: resnet18}}, optimizer: {{name: Adam, lr: 0.1}}}}
studies:
  one:
    title: One
    recipe: tiny
    rows: {{control: {{control: true}}}}
"""


@pytest.fixture
def plan(tmp_path):
    """A plan of one run, which is finished; a second one, finished too, is shown by nothing."""
    made = Plan(yaml.safe_load(CONFIG.format(results=tmp_path / "results")))
    for name in (*made.runs, "spare"):
        folder = made.results.run(name, 0)
        folder.mkdir(parents=True)
        (folder / "checkpoint.pt").write_bytes(bytes(2_000_000))
        record = made.results.record(f"metrics/{name}/seed0")
        record.parent.mkdir(parents=True)
        record.write_text("{}")
    return made


def said(plan, **options):
    console = Console(file=io.StringIO(), width=300)
    assert prune.show(plan, console, **options) == 0
    return console.file.getvalue()


def test_what_nothing_shows_is_listed_and_left(plan):
    spare = plan.results.run("spare", 0)
    text = said(plan)
    assert f"2.0 MB  {spare}" in text
    assert "1 run that nothing shows (to remove: ablate prune --remove)" in text
    assert next(iter(plan.runs)) not in text
    assert spare.exists()


def test_what_nothing_shows_is_removed_on_request_and_nothing_else(plan):
    state = plan.results.state("spare", 0)
    state.mkdir(parents=True)
    (state / "0.state").write_text("half")
    for kind in ("runs", "metrics"):
        acceptance.accept(plan.results, f"{kind}/spare/seed0", "then", [])
    assert "(removed)" in said(plan, remove=True)
    root = plan.results.root
    assert not list(root.rglob("*spare*"))
    (name,) = plan.runs
    assert (plan.results.run(name, 0) / "checkpoint.pt").exists()
    assert plan.results.record(f"metrics/{name}/seed0").exists()
    assert "0 runs that nothing shows" in said(plan)


def test_a_run_that_only_has_a_state_is_found_too(plan):
    state = plan.results.state("begun", 3)
    state.mkdir(parents=True)
    said(plan, remove=True)
    assert not state.exists()


def test_a_run_that_is_training_is_never_removed(plan):
    spare, state = plan.results.run("spare", 0), plan.results.state("spare", 0)
    with lock.held(state):
        text = said(plan, remove=True)
        assert f"in training, kept: {spare}" in text
        assert (spare / "checkpoint.pt").exists()
        assert state.exists()
    assert "(removed)" in said(plan, remove=True)
    assert not spare.exists()


def test_nothing_is_removed_under_a_build(plan):
    plan.results.lock.parent.mkdir(parents=True)
    with plan.results.lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        who = {"process": 12, "host": "node", "since": "noon", "command": "snakemake all"}
        held.write(json.dumps(who))
        held.flush()
        with pytest.raises(AblateError, match=r"process 12 on node since noon \(snakemake all\)"):
            said(plan, remove=True)
        assert "to remove" in said(plan)
    assert plan.results.run("spare", 0).exists()


@pytest.mark.parametrize(("keep", "copies"), [("best", 1), ("both", 2), ("none", 0)])
def test_the_plan_says_the_disk_that_is_needed(plan, tmp_path, keep, copies):
    asked = tiny_training.request(keep=keep)
    assert train.main(tiny_training.arguments(tmp_path, asked)) == 0
    record = json.loads((tmp_path / "run/training.json").read_text())
    weights = 4 * record["parameters"]
    written = (tmp_path / "run/checkpoint.pt").stat().st_size
    assert copies * weights <= written <= copies * weights + 100_000
    assert 0 <= cost.disk_of(record["parameters"], keep) - copies * weights < 2_000_000
    assert prune.size_of(tmp_path / "run") < cost.disk_of(record["parameters"], keep)

    (planned,) = plan.runs.values()
    parameters, _ = cost.parameters_and_flop(planned.run)
    console = Console(file=io.StringIO(), width=300)
    plan.config = plan.config.model_copy(update={"keep": keep})
    planning.show(plan, console, everything=True)
    (said,) = re.findall(r"about ([\d.]+) GB of disk", console.file.getvalue())
    assert float(said) == pytest.approx(cost.disk_of(parameters, keep) / 1e9, rel=0.1)


def test_a_training_in_progress_takes_what_the_plan_says(tmp_path, monkeypatch):
    model = {"name": "vgg_a", "width": 0.25}
    run = tiny_training.settings(model=model, optimizer={"name": "Adam", "lr": 0.01})
    asked = tiny_training.request(run, save_every_seconds=0)
    monkeypatch.setattr("ablate.job.writing.write", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        train.main(tiny_training.arguments(tmp_path, asked))
    parameters = sum(p.numel() for p in tiny_training.begin(run).network.parameters())
    # Two states stay; there is a third while it is written.
    most = 3 / 2 * prune.size_of(tiny_training.state(tmp_path, asked))
    assert most == pytest.approx(cost.STATES * 4 * parameters, rel=0.1)
