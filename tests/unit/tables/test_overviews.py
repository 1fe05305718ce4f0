"""The tables made from study tables: winners and summary."""

import math
import re

import pandas as pd
import pytest
from fake_runs import measured_run, predictions
from scipy import stats
from small_results import share_images

from ablate.errors import AblateError
from ablate.paths import Results
from ablate.requests.study import AskedStudy, Heading
from ablate.requests.table import AskedChoice, AskedGroup, SummaryTable, WinnersTable
from ablate.steps.table import make
from ablate.tables import summary, winners
from ablate.tables.markdown import markdown
from ablate.tables.stored import read_study

NOISE = {"sd": 1.0, "df": 4}
STUDIES = {
    "activation": {"relu": (80.6, [80.0]), "elu": (82.26, [86.0]), "tanh": (74.66, [76.0])},
    "decay": {"1e-5": (78.62, [80.0, 80.2, 80.4]), "none": (80.16, [79.0, 79.2, 79.5])},
}
ELU_AND_TANH = {name: STUDIES["activation"][name] for name in ("elu", "tanh")}


def build(results, studies=STUDIES, partial=False, data="da7a" * 16):
    """Study tables in `results`, by the step itself."""
    for study, rows in studies.items():
        lines = []
        for name, (reported, accuracies) in rows.items():
            run = f"{study}-{name}"
            for seed, best in enumerate(accuracies):
                # So many images that their own sampling is no floor to the seeds' scatter.
                measured_run(results, run, seed, best, data=data, arrays=predictions(best, 60_000))
            lines.append(
                {"name": name, "label": name.upper(), "differs_by": [], "reported": reported}
                | {"run": run, "seeds": list(range(max(1, len(accuracies))))}
            )
        request = {"name": study, "title": study.title(), "section": "2.2", "partial": partial}
        request |= {"rows": lines, "results": Results(results), "noise": NOISE}
        make(AskedStudy(**request), Results(results).table(study))


def choices(results, reported_activation="elu", noise=NOISE, rows=()):
    activation = AskedChoice(
        setting="activation",
        study="activation",
        rows=rows,
        reported=reported_activation,
        noise=noise,
    )
    decay = AskedChoice(setting="weight_decay", study="decay", reported="1e-5", noise=NOISE)
    groups = (
        AskedGroup(name="structure", choices=(activation,)),
        AskedGroup(name="training", choices=(decay,)),
    )
    return WinnersTable(results=Results(results), note="Demo", groups=groups)


def everything(results):
    studies = tuple(Heading(name=name, title=name.title(), section="2.2") for name in STUDIES)
    return SummaryTable(results=Results(results), note="Demo", studies=studies)


def test_a_stored_table_is_read_as_it_was_written(tmp_path):
    build(tmp_path)
    frame = read_study(Results(tmp_path), "decay")
    assert frame["row"].tolist() == ["1e-5", "none"]
    assert frame["label"].tolist() == ["1E-5", "NONE"]
    assert frame["differs_by"].tolist() == ["", ""]
    assert frame["n"].tolist() == [3, 3]


def test_a_missing_or_damaged_table_is_named(tmp_path):
    with pytest.raises(AblateError, match=r"tables/decay.csv does not exist"):
        read_study(Results(tmp_path), "decay")
    build(tmp_path)
    path = Results(tmp_path).table("decay")
    whole = path.read_text()
    for damaged in ("", "a,b\n1,2\n", whole.replace("80.2", "eighty"), whole + "x,y,z" * 20):
        path.write_text(damaged)
        with pytest.raises(
            AblateError, match=r"tables/decay.csv .*make it anew.*: snakemake .*/tables/decay.csv"
        ):
            read_study(Results(tmp_path), "decay")


def test_winners_are_those_of_highest_accuracy(tmp_path):
    build(tmp_path)
    found = winners.table(choices(tmp_path)).set_index("setting")
    activation = found.loc["activation"]
    assert (activation["measured_winner"], activation["measured_winner_label"]) == ("elu", "ELU")
    assert (activation["measured_winner_mean"], activation["runner_up"]) == (86.0, "relu")
    assert activation["margin"] == activation["lead"] == 6.0
    half = stats.t.ppf(0.975, 4) * math.sqrt(2)
    assert activation["lead_low"] == pytest.approx(6 - half, abs=1e-4)
    expected = stats.ttest_ind([80, 80.2, 80.4], [79, 79.2, 79.5], equal_var=True)
    low, high = expected.confidence_interval(0.95)
    decay = found.loc["weight_decay", ["lead_low", "lead_high"]].tolist()
    assert decay == pytest.approx([low, high], abs=1e-4)
    assert found["agree"].tolist() == ["yes", "yes"]


def test_agreement_takes_a_difference_beyond_the_noise(tmp_path):
    build(tmp_path)

    def agree(**others):
        return winners.table(choices(tmp_path, **others))["agree"][0]

    assert agree() == "yes"
    assert agree(reported_activation="tanh") == "no"
    assert agree(noise={"sd": 3.0, "df": 4}) == "undecided"
    assert agree(noise=None) == "undecided"
    # Without ELU the two that are left lie 4 points apart, just beyond 3.93.
    assert agree(reported_activation="relu", rows=["relu", "tanh"]) == "yes"
    assert agree(reported_activation="relu", noise={"sd": 1.1, "df": 4}, rows=["tanh"]) == (
        "undecided"
    )


def test_a_studys_own_noise_goes_before(tmp_path):
    build(tmp_path)
    asked = choices(tmp_path, noise=None)
    assert winners.table(asked)["agree"].tolist() == ["undecided", "yes"]


def test_winners_of_a_partial_table(tmp_path):
    rows = {"relu": (80.6, [80.0]), "elu": (82.26, []), "tanh": (74.66, [])}
    build(tmp_path, STUDIES | {"activation": rows}, partial=True)
    found = winners.table(choices(tmp_path)).iloc[0]
    assert (found["measured_winner"], found["missing"]) == ("relu", 2)
    assert found["agree"] == "undecided"
    assert pd.isna(found["runner_up"])
    assert markdown(winners.page(choices(tmp_path))[1])


def test_a_choice_is_not_agreed_with_while_a_row_is_missing_that_may_be_better(tmp_path):
    build(tmp_path, {**STUDIES, "activation": {"relu": (80.6, []), **ELU_AND_TANH}}, partial=True)

    def agree(reported):
        return winners.table(choices(tmp_path, reported_activation=reported))["agree"][0]

    assert (agree("elu"), agree("tanh")) == ("undecided", "no")


def test_the_page_of_winners_states_its_rule(tmp_path):
    build(tmp_path)
    text = markdown(winners.page(choices(tmp_path))[1])
    for part in ("## Structure", "## Training", "2 yes, 0 no, 0 undecided", "> **Demo**"):
        assert part in text
    assert "its 95 % interval" in text
    assert "Noise assumed for single runs in activation, decay: standard deviation 1.00" in text
    assert "data da7ada7ada7a; seeds 0, 1, 2" in text


@pytest.mark.parametrize("kind", ["winners", "summary"])
def test_test_images_that_were_trained_on_are_said(tmp_path, kind):
    build(tmp_path, data=share_images(tmp_path))
    found = (
        winners.page(choices(tmp_path)) if kind == "winners" else summary.page(everything(tmp_path))
    )
    assert "4 of 4 test images are training images too" in markdown(found[1])


def test_the_summary_holds_every_row_of_every_study(tmp_path):
    build(tmp_path)
    frame = summary.page(everything(tmp_path))[0]
    assert list(frame.columns[:4]) == ["section", "title", "study", "row"]
    assert frame["row"].tolist() == ["relu", "elu", "tanh", "1e-5", "none"]
    assert frame["title"].tolist() == ["Activation"] * 3 + ["Decay"] * 2


def test_the_headlines_count_and_average(tmp_path):
    build(tmp_path)
    text = " ".join(summary.headlines(summary.page(everything(tmp_path))[0]))
    deltas = [80 - 80.6, 86 - 82.26, 76 - 74.66, 80.2 - 78.62, 79.2333 - 80.16]
    assert "5 of 5 rows measured, by 9 distinct runs." in text
    assert f"differ by {sum(map(abs, deltas)) / 5:.2f} percentage points on average" in text
    assert "at most +3.74 (activation/elu)" in text


def test_rank_correlation_is_spearmans(tmp_path):
    reported = [70.0, 72.0, 75.0, 75.0, 81.0]
    measured = [71.0, 70.0, 75.0, 80.0, 78.0]
    rows = {f"r{i}": (r, [m]) for i, (r, m) in enumerate(zip(reported, measured, strict=True))}
    build(tmp_path, {"activation": rows})
    expected = stats.spearmanr(reported, measured).statistic
    frame = read_study(Results(tmp_path), "activation")
    assert summary.rank_correlation(frame) == pytest.approx(expected)


def test_rank_correlation_needs_three_rows_that_differ(tmp_path):
    build(tmp_path, STUDIES | {"activation": {f"r{i}": (10.0, [80.0 + i]) for i in range(4)}})
    assert math.isnan(summary.rank_correlation(read_study(Results(tmp_path), "activation")))
    assert math.isnan(summary.rank_correlation(read_study(Results(tmp_path), "decay")))


def test_the_page_of_the_summary_has_a_section_a_study(tmp_path):
    build(tmp_path)
    text = markdown(summary.page(everything(tmp_path))[1])
    for part in ("## Agreement by study", "## 2.2 Activation", "## 2.2 Decay", "> **Demo**"):
        assert part in text
    assert "Provenance: data da7ada7ada7a" in text
    assert re.search(r"\| ELU +\| +1 \| +86.00 \|", text)
    assert "**86.00" not in text


def test_studies_on_different_data_make_no_summary(tmp_path):
    build(tmp_path, {"activation": STUDIES["activation"]})
    build(tmp_path, {"decay": STUDIES["decay"]}, data="0ther" * 10)
    with pytest.raises(AblateError, match=r"table summary.*decay/1e-5 \(decay-1e-5/seed0\)"):
        summary.page(everything(tmp_path))


def test_the_summary_counts_what_is_missing(tmp_path):
    rows = {"relu": (80.6, [80.0]), "elu": (82.26, [])}
    build(tmp_path, STUDIES | {"activation": rows}, partial=True)
    frame = summary.page(everything(tmp_path))[0]
    assert "3 of 4 rows measured, by 7 distinct runs; 1 missing." in summary.headlines(frame)[0]
    assert "missing 1" in markdown(summary.page(everything(tmp_path))[1])


@pytest.mark.parametrize("kind", ["winners", "summary"])
def test_the_step_writes_the_three_formats(tmp_path, kind):
    build(tmp_path)
    request = choices(tmp_path) if kind == "winners" else everything(tmp_path)
    out = Results(tmp_path).table(kind)
    make(type(request).model_validate_json(request.model_dump_json()).at(Results(tmp_path)), out)
    for suffix in (".csv", ".md", ".tex"):
        assert out.with_suffix(suffix).stat().st_size
    assert "Demo" in out.with_suffix(".tex").read_text()
