"""What `ablate advise` prints: seeds where each claim's runs are asked for, and their cost."""

import io
import json
from pathlib import Path

import pytest
import yaml
from rich.console import Console

from ablate.commands import advise
from ablate.errors import AblateError
from ablate.findings.stored import Findings
from ablate.findings.verdict import Link, Verdict
from ablate.planning.plan import Plan
from ablate.planning.staleness import Staleness
from ablate.settings import written
from ablate.settings.study import Family

ROOT = Path(__file__).parents[3]
BAND = {"label": "Band", "recipe": "vgg", "over": {"optimizer.lr": [0.1]}}
LINKS = [Link("a > b", 1.0, 0.0)]


def undecided(claim, study, **known):
    return Verdict(claim, study, "So it is.", "order", "undecided", links=LINKS, **known)


@pytest.fixture
def plan(tmp_path):
    """The report, of which three claims are undecided; a run takes 36 seconds."""
    return built(tmp_path)


def built(tmp_path, **changed) -> Plan:
    results = {"results": str(tmp_path / "results")}
    plan = Plan(written.read(ROOT / "config.yaml") | results | changed)
    for run, seed in plan.trainings():
        folder = plan.results.run(run, seed)
        folder.mkdir(parents=True)
        (folder / "training.json").write_text(json.dumps({"format": 1, "seconds": 36.0}))
    verdicts = [
        undecided("bn-loss-lower", "vgg_bn"),
        undecided("stem-stride", "stem", detectable=4.0, seeds_for_matters=11),
        undecided("decay-weights", "weight_decay"),
        undecided("augment-flip", "augmentation", detectable=4.0),  # more than 1,000 seeds
    ]
    found = Findings(answers={}, verdicts={one.claim: one for one in verdicts})
    found.write(plan.results.tables)
    return plan


def said(plan, **asked) -> str:
    out = io.StringIO()
    assert advise.show(plan, Console(file=out, width=160), **asked) == 0
    return out.getvalue()


def test_seeds_are_advised_where_the_runs_of_a_claim_are_asked_for(plan):
    text = said(plan)
    # Ten runs of two families, two more seeds each; four rows of a study, ten more.
    assert "vgg_a, vgg_a_bn" in text
    assert "12 min" in text
    assert "24 min" in text
    assert "studies:\n  stem: {seeds: [0-10]}\nfamilies:\n" in text
    assert "  vgg_a: {seeds: [0, 1, 2]}\n  vgg_a_bn: {seeds: [0, 1, 2]}\n" in text
    assert "a figure alone, or have not been timed here: decay-weights." in text
    assert "one comparison by accuracy, and up to 1,000: augment-flip." in text
    # What is to be pasted comes last.
    pasted = yaml.safe_load(text[text.index("studies:") :])
    assert pasted["families"]["vgg_a"] == {"seeds": [0, 1, 2]}


def test_undecided_claims_that_no_seeds_can_be_counted_for_are_named(tmp_path):
    plan = built(tmp_path, seeds=[0, 1, 2])
    text = said(plan)
    assert "and up to 1,000: bn-loss-lower, decay-weights, augment-flip.\n" in text


def test_verdicts_on_claims_that_the_config_has_lost_are_passed_over(plan):
    lost = undecided("was-there", "stem", detectable=4.0, seeds_for_matters=3)
    Findings(answers={}, verdicts={lost.claim: lost}).write(plan.results.tables)
    assert "No undecided claim can be decided.\n" in said(plan)


def test_verdicts_of_another_config_are_said_to_be_outdated(plan, monkeypatch):
    assert "outdated" not in said(plan)
    monkeypatch.setattr(Staleness, "reason", lambda _, name: f"settings: {name} have changed")
    text = said(plan)
    assert "the verdicts are outdated (settings: findings have changed)" in text
    assert "tables/findings.json" in text


def test_many_seeds_are_advised_as_a_range_that_a_config_takes(plan):
    many = undecided("stem-stride", "stem", detectable=20.0, seeds_for_matters=413)
    Findings(answers={}, verdicts={many.claim: many}).write(plan.results.tables)
    text = said(plan)
    assert "studies:\n  stem: {seeds: [0-412]}\n" in text
    assert max(map(len, text.split("seeds added")[0].splitlines())) <= 160
    overlay = yaml.safe_load(text[text.index("studies:") :])
    assert Family.model_validate(BAND | overlay["studies"]["stem"]).seeds == [*range(413)]


def test_seeds_that_are_asked_for_are_among_those_advised(tmp_path):
    text = said(built(tmp_path, seeds=[0, *range(100, 103)]))
    assert "  stem: {seeds: [0-7, 100-102]}\n" in text


def test_a_row_with_seeds_of_its_own_gets_more_too(tmp_path):
    studies = written.read(ROOT / "config.yaml")["studies"]
    studies["stem"]["rows"]["16"] = {"set": {"model.stem_kernel": 9}, "seeds": [7]}
    text = said(built(tmp_path, studies=studies))
    overlay = yaml.safe_load(text[text.index("studies:") :])["studies"]["stem"]
    assert overlay == {"seeds": ["0-10"], "rows": {"16": {"seeds": ["0-10"]}}}


def test_what_the_hours_do_not_hold_is_left_out(plan):
    text = said(plan, hours=0.25)
    assert "bn-loss-lower" in text
    assert "stem-stride" not in text
    assert "No undecided claim can be decided within 0.1 hours." in said(plan, hours=0.1)


@pytest.mark.parametrize("hours", [0, -1, float("nan"), float("inf")])
def test_hours_that_are_no_length_of_time_are_refused(plan, hours):
    with pytest.raises(AblateError, match=f"--hours: found {hours:g}; allowed: a number above 0"):
        said(plan, hours=hours)
