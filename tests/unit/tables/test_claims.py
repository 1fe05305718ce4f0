"""From finished runs to findings.json and the table of claims."""

from pathlib import Path

import pytest
from fake_runs import measured_run
from small_results import share_images

from ablate.errors import AblateError
from ablate.findings.stored import Findings
from ablate.paths import Results
from ablate.planning.plan import Plan
from ablate.planning.products import Products
from ablate.requests import findings as requested
from ablate.requests.table import ClaimsTable
from ablate.settings import written
from ablate.steps.findings import found
from ablate.steps.table import make
from ablate.tables import claims
from ablate.tables.markdown import markdown

ROOT = Path(__file__).parents[3]
STUDY = {
    "title": "Smooth activations",
    "question": "Do smooth relatives of ReLU do better?",
    "recipe": "resnet34",
    "rows": {
        "relu": {"control": True, "reported": 80.0},
        "gelu": {"set": {"model.activation": "GELU"}, "reported": 82.0},
        "silu": {"set": {"model.activation": "SiLU"}},
    },
    "claims": {
        "gelu-better": {"says": "GELU beats ReLU.", "order": ["gelu", "relu"]},
        "silu-best": {"says": "SiLU is the best.", "best": "silu"},
        "same-size": {"says": "All are as large.", "of": "parameters", "order": ["gelu", "relu"]},
    },
}
ACCURACIES = {"relu": [80.0, 80.5, 79.6], "gelu": [85.0, 85.4, 84.8], "silu": [75.0, 75.3, 74.4]}


@pytest.fixture
def plan(tmp_path):
    """A plan of one study with three seeds, its runs finished."""
    return finished(tmp_path)


def finished(tmp_path, study=STUDY, **made) -> Plan:
    config = written.read(ROOT / "config.yaml")
    config |= {"studies": {"smooth": study}, "families": {}, "figures": {}, "winners": {}}
    config |= {"results": str(tmp_path / "results"), "seeds": [0, 1, 2]}
    plan = Plan(config)
    for name, row in plan.studies["smooth"].rows.items():
        for seed, best in enumerate(ACCURACIES[name]):
            measured_run(plan.results.root, row.training.run.name, seed, best, **made)
    return plan


def build(plan) -> Findings:
    """findings.json, as its step writes it and its readers see it."""
    request = Products(plan)["findings"].request
    made = found(requested.AskedFindings.read("findings", request, plan.results))
    made.write(plan.results.tables)
    assert Findings.read(plan.results.tables) == made
    return Findings.read(plan.results.tables)


def test_a_study_is_answered_and_its_claims_are_judged(plan):
    content = build(plan)
    answer = content.answers["smooth"]
    assert answer.word == "In part"
    assert answer.sentence.startswith("In part. Against relu, better: gelu +5.03 [")
    assert [one.relation for one in answer.comparisons] == ["better", "worse"]
    assert answer.best == "gelu"
    assert answer.scatter.kind == "pooled"
    assert answer.comparisons[0].same_images.images == 1000
    verdicts = {name: one.verdict for name, one in content.verdicts.items()}
    assert verdicts == {
        "gelu-better": "confirmed",
        "silu-best": "contradicted",
        "same-size": "contradicted",
    }
    assert content.verdicts["gelu-better"].reported_order == "yes"


def test_the_table_of_claims_says_what_was_found(plan):
    build(plan)
    request = ClaimsTable.read("claims", Products(plan)["tables/claims"].request, plan.results)
    frame, page = claims.page(request)
    assert frame["claim"].tolist() == ["gelu-better", "silu-best", "same-size"]
    assert frame["n"].tolist() == [3, 3, 3]
    text = markdown(page)
    assert "Of 3 claims: 1 confirmed, 2 contradicted, 0 undecided, 0 not measured." in text
    assert "GELU beats ReLU." in text
    # What is counted has no p, and no p is nought.
    assert page.sections[0].columns["p"] == ["0.002", "p < 0.001", ""]
    out = Results(plan.results.root).table("claims")
    make(request, out)
    assert out.with_suffix(".tex").exists()


def test_notes_are_of_what_the_table_of_claims_holds(tmp_path):
    def told(asked: dict) -> str:
        plan = finished(tmp_path / asked["title"], asked)
        build(plan)
        request = ClaimsTable.read("claims", Products(plan)["tables/claims"].request, plan.results)
        return markdown(claims.page(request)[1])

    assert "- the report: whether its own numbers say so" in told(STUDY)
    rows = {name: {**row} for name, row in STUDY["rows"].items()}
    for row in rows.values():
        row.pop("reported", None)
    mine = told({**STUDY, "title": "Mine", "rows": rows})
    assert "the report" not in mine
    assert "fragile" not in mine


def test_the_table_of_claims_says_of_which_images_and_runs(tmp_path):
    plan = finished(tmp_path, data=share_images(tmp_path / "results"))
    build(plan)
    asked = Products(plan)["tables/claims"]
    assert len([made for made in asked.inputs.values() if made.startswith("runs/")]) == 9
    _, page = claims.page(ClaimsTable.read("claims", asked.request, plan.results))
    text = markdown(page)
    assert "4 of 4 test images are training images too" in text
    # What is asked for is all of CIFAR-10; what the runs stand on is another thing.
    assert "Provenance: data noise (synthetic, 1,000 of 8 training and 4 test images, " in text
    assert "seeds 0, 1, 2; precision fp32" in text


def test_the_data_is_called_by_its_subsets(plan):
    def called(**asked):
        return Plan({**_config(plan), "data": {"source": "cifar10", **asked}}).data_name()

    assert called() == "CIFAR-10"
    assert called(train_images=100) == "CIFAR-10, 100 of its training images"
    assert called(test_images=50) == "CIFAR-10, 50 of its test images"
    both = "CIFAR-10, 100 of its training and 50 of its test images"
    assert called(train_images=100, test_images=50) == both


def test_findings_that_cannot_be_read_are_named(plan):
    request = ClaimsTable(results=plan.results, studies=())
    with pytest.raises(AblateError, match=r"findings.json does not exist"):
        claims.page(request)
    build(plan)
    whole = plan.results.findings.read_text()
    plan.results.findings.write_text(whole.replace('"confirmed"', '"contradicted"'))
    with pytest.raises(AblateError, match=r"findings.json has been edited"):
        claims.page(request)
    plan.results.findings.write_text("{")
    with pytest.raises(AblateError, match=r"findings.json is cut short or not JSON"):
        claims.page(request)


def test_what_is_not_there_is_not_measured(plan):
    for seed in range(3):
        run = plan.studies["smooth"].rows["silu"].training.run.name
        (plan.results.run(run, seed) / "metrics.json").unlink()
    partial = Plan({**_config(plan), "partial": True})
    content = build(partial)
    assert content.verdicts["silu-best"].verdict == "not measured"
    assert content.verdicts["silu-best"].reason == "silu has no finished run"
    assert content.answers["smooth"].comparisons[1].relation == "not measured"


def _config(plan):
    config = written.read(ROOT / "config.yaml")
    config |= {"studies": {"smooth": STUDY}, "families": {}, "figures": {}, "winners": {}}
    return config | {"results": plan.config.results, "seeds": [0, 1, 2]}


def test_stated_noise_is_believed_only_where_it_was_measured(plan):
    noise = {"sd": 1.0, "df": 4, "preset": "paper", "data": "CIFAR-10", "epochs": 50}
    study = {**STUDY, "noise": noise}

    def stated(**changed):
        config = {**_config(plan), "studies": {"smooth": {**study, **changed.pop("study", {})}}}
        return Products(Plan({**config, **changed}))["tables/smooth"].request["noise"]

    assert stated()["sd"] == 1.0
    assert stated(preset="demo") is None
    assert stated(data={"source": "cifar10", "train_images": 5000}) is None
    assert stated(data={"source": "cifar10", "test_images": 500}) is None
    assert stated(data={"source": "cifar10", "holdout": 0.1}) is None
    assert stated(data={"source": "folder", "name": "mine", "path": "/mine"}) is None
    assert stated(study={"set": {"epochs": 10}}) is None
