"""What `ablate compare` says of two results trees, both of real tables and findings."""

import io
import shutil
from importlib import import_module

import numpy as np
import pytest
from fake_runs import vouch, write_run
from rich.console import Console

from ablate.commands import compare
from ablate.errors import AblateError
from ablate.paths import Results, TrainingId
from ablate.planning import requests
from ablate.planning.plan import Plan
from ablate.planning.products import Products
from ablate.runs import steps

CONFIG = {
    "preset": "full",
    "partial": True,
    "seeds": [0, 1, 2],
    "data": {"source": "synthetic", "train": 100, "test": 100},
    "presets": {"full": {}, "other": {}, "short": {"batch_size": 0.5}},
    "recipes": {"tiny": {"model": {"name": "resnet18", "width": 0.1}, "batch_size": 50}},
    "studies": {
        "rates": {
            "title": "Rates",
            "recipe": "tiny",
            "rows": {
                "low": {"control": True},
                "high": {"set": {"optimizer.lr": 0.2}},
                "more": {"set": {"optimizer.lr": 0.3}},
            },
            "claims": {"low-best": {"says": "Low is best.", "order": ["low", "high"]}},
        },
        "widths": {
            "title": "Widths",
            "recipe": "tiny",
            "rows": {
                "narrow": {"control": True, "set": {"model.width": 0.2}},
                "wide": {"set": {"model.width": 0.3}},
            },
        },
        "again": {"title": "Again", "recipe": "tiny", "rows": {"as_low": {}}},
    },
}
RATES = {"low": [80.0, 80.1, 79.9], "high": [60.0, 60.1, 59.9]}
WIDTHS = {"narrow": [70.0, 70.1, 69.9], "wide": [75.0, 75.1, 74.9]}


@pytest.fixture
def build(tmp_path, monkeypatch):
    """Builds a results tree of given accuracies, study -> row -> one a seed; its plan."""
    monkeypatch.chdir(tmp_path)

    def build(folder: str, data: str = "da7a" * 16, preset: str = "full", **studies) -> Plan:
        plan = Plan({**CONFIG, "preset": preset, "results": str(tmp_path / folder)})
        for study, rows in studies.items():
            for row, accuracies in rows.items():
                run = plan.studies[study].rows[row].training.run.name
                if not (plan.results.root / "runs" / run).exists():
                    train(plan, run, accuracies, data)
        products = Products(plan)
        for name in (*(f"tables/{study}" for study in studies), "findings"):
            make(products[name], plan.results)
        return plan

    return build


def train(plan: Plan, run: str, accuracies: list[float], data: str) -> None:
    products = Products(plan)
    for seed, best in enumerate(accuracies):
        asked = products[f"runs/{TrainingId(run, seed)}"]
        made = {"settings": asked.request["settings"], "observers": [], "code": asked.code}
        each = (best / 2, best, best)
        folder = write_run(plan.results.root, run, seed, each, data=data, **made)
        steps.write(folder, {"loss": np.zeros(3)})
        vouch(folder)
        make(products[f"metrics/{TrainingId(run, seed)}"], plan.results)


def make(product, results: Results) -> None:
    request = requests.write(requests.of(product, results))
    assert import_module(product.step).main(["--request", str(request)]) == 0


def said(plan: Plan, other: Plan) -> tuple[int, str]:
    out = io.StringIO()
    code = compare.show(plan, other.results.root, Console(file=out, width=300))
    return code, out.getvalue()


def test_results_that_are_the_same_are_said_to_be_with_how_many_were_compared(build):
    here, there = (build(each, rates=RATES, widths=WIDTHS) for each in ("here", "there"))
    whole = "4 of 6 rows compared, by 12 runs there and 12 here: no row differs.\n"
    assert said(here, there) == (0, whole)


def test_of_a_folder_with_one_study_only_that_one_is_compared(build):
    here, there = build("here", rates=RATES, widths=WIDTHS), build("there", widths=WIDTHS)
    code, text = said(here, there)
    assert code == 0
    assert "2 of 6 rows compared, by 6 runs there and 6 here: no row differs." in text
    assert "2 rows only here: rates/low, rates/high\n" in text


def test_a_folder_with_nothing_to_compare_is_refused(build):
    here, there = build("here", rates=RATES), build("there", widths=WIDTHS)
    with pytest.raises(AblateError, match="no row that was measured there was measured here"):
        said(here, there)
    shutil.rmtree(there.results.root / "tables")
    (there.results.root / "tables").mkdir()
    shutil.rmtree(there.results.root / "records")
    with pytest.raises(AblateError, match="no row that was measured there was measured here"):
        said(here, there)


def test_rows_of_one_side_alone_are_not_among_those_that_moved(build):
    here = build("here", rates=RATES, widths={"wide": WIDTHS["wide"]})
    there = build("there", rates=RATES, widths={"narrow": WIDTHS["narrow"]})
    code, text = said(here, there)
    assert code == 0
    assert "1 row only there: widths/narrow\n" in text
    assert "1 row only here: widths/wide\n" in text
    assert "2 of 6 rows compared, by 6 runs there and 6 here: no row differs." in text


def test_a_row_that_moved_is_a_failure(build):
    here = build("here", rates=RATES, widths=WIDTHS | {"wide": [65.0, 65.1, 64.9]})
    code, text = said(here, build("there", rates=RATES, widths=WIDTHS))
    assert code == 1
    assert "4 of 6 rows compared" in text
    assert "1 row moved beyond noise, 0 verdicts changed." in text


def test_results_on_other_images_do_not_compare(build):
    here, there = build("here", rates=RATES), build("there", data="b" * 64, rates=RATES)
    with pytest.raises(AblateError) as refused:
        said(here, there)
    assert "trained on other images" in str(refused.value)
    assert "digest bbbbbbbbbbbb) than those here" in str(refused.value)
    assert "digest da7ada7ada7a), so they do not compare" in str(refused.value)


def test_another_preset_and_other_settings_are_named(build):
    here = build("here", widths=WIDTHS)
    alike = said(here, build("there", preset="other", widths=WIDTHS))[1]
    assert "preset other there, full here\n" in alike
    assert "other settings" not in alike
    short = said(here, build("short", preset="short", widths=WIDTHS))[1]
    assert "preset short there, full here\n" in short
    assert "2 rows trained with other settings there than here\n" in short


def test_a_verdict_that_fewer_seeds_leave_undecided_has_not_changed(build):
    there = build("there", rates=RATES)
    here = build("here", rates={"low": [80.2], "high": [60.2]})
    for plan, other, of in ((here, there, "here"), (there, here, "there")):
        code, text = said(plan, other)
        assert code == 0
        assert f"fewer seeds {of}: 1, not 3)\n" in text
        assert "2 of 6 rows compared" in text
        assert "0 rows moved beyond noise, 0 verdicts changed." in text


def test_fewer_seeds_of_the_other_rows_explain_a_verdict_too(build):
    rates = {row: accuracies[:1] for row, accuracies in RATES.items()}
    there = build("there", rates=rates | {"more": [70.0, 70.1, 69.9]})
    code, text = said(build("here", rates=rates | {"more": [70.0]}), there)
    assert code == 0
    assert (
        "low-best: confirmed there, undecided here (fewer runs of the study here: 3, not 5)" in text
    )


def test_a_run_that_two_studies_show_is_counted_once(build):
    again = {"as_low": RATES["low"]}
    here, there = (build(each, rates=RATES, again=again) for each in ("here", "there"))
    whole = "3 of 6 rows compared, by 6 runs there and 6 here: no row differs.\n"
    assert said(here, there) == (0, whole)


def test_a_verdict_that_changed_at_as_many_seeds_has(build):
    there = build("there", rates=RATES)
    here = build("here", rates={"low": [60.0, 80.0, 99.0], "high": [59.0, 70.0, 80.0]})
    code, text = said(here, there)
    assert code == 1
    assert "low-best: confirmed there, undecided here\n" in text
    assert "1 verdict changed." in text


def test_a_row_that_was_measured_elsewhere_says_so(build, monkeypatch):
    plans = []
    for accuracy in (60.0, 80.0):
        theirs = {"measured": {"best_accuracy": [accuracy, accuracy + 1], "source": "a table"}}
        monkeypatch.setitem(CONFIG["studies"]["again"]["rows"], "theirs", theirs)
        plans.append(build(f"of {accuracy}", again={"as_low": RATES["low"]}))
    code, text = said(*plans)
    assert code == 1
    assert "theirs (measured elsewhere) │ moved" in text
    assert "2 of 7 rows compared, by 3 runs there and 3 here" in text


def test_of_single_runs_it_says_that_their_noise_is_not_known(build):
    here = build("here", widths={"narrow": [70.0], "wide": [75.0]})
    there = build("there", widths={"narrow": [60.0], "wide": [75.0]})
    code, text = said(here, there)
    assert code == 0
    assert "How far 1 row scatter is not known: one run a side." in text
