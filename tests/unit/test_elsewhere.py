"""Rows that were measured elsewhere: in tables, answers, verdicts, figures, pages and commands."""

import io
import json

import numpy as np
import pytest
from fake_runs import measured_run, predictions
from matplotlib.figure import Figure
from rich.console import Console
from scipy import stats
from small_results import write_data

from ablate.commands import advise, status
from ablate.commands.side import Side
from ablate.data.manifest import Manifest
from ablate.figures import cost, reported_vs_measured, style
from ablate.figures import study as study_figure
from ablate.findings.moved import moved
from ablate.planning.plan import Plan
from ablate.planning.products import Products
from ablate.report import changes, checklist, plain, site, studies
from ablate.requests import findings as requested
from ablate.requests.figure import Drawing, StudyDrawing
from ablate.requests.page import Plain, Site
from ablate.requests.study import AskedStudy
from ablate.requests.table import KINDS
from ablate.steps.findings import found
from ablate.steps.table import make
from ablate.tables import stored, study, summary
from ablate.tables.latex import latex
from ablate.tables.markdown import markdown

OURS = [80.1, 79.5, 80.8]
THEIRS = {"best_accuracy": [93.1, 93.4, 92.8], "source": "Table 2 of Smith (2024)"}
CONFIG = {
    "preset": "full",
    "data": {"source": "synthetic", "train": 40, "test": 40},
    "presets": {"full": {}},
    "seeds": [0, 1, 2],
    "recipes": {"tiny": {"model": {"name": "resnet18", "width": 0.1}, "batch_size": 50}},
    "studies": {
        "mixed": {
            "title": "Ours and theirs",
            "question": "Is anything better?",
            "recipe": "tiny",
            "rows": {
                "relu": {"label": "ReLU", "control": True, "reported": 80.0},
                "theirs": {"label": "GELU", "measured": THEIRS, "reported": 93.0},
                "single": {"label": "SiLU", "measured": [80.2]},
            },
            "claims": {
                "up": {"says": "Theirs is better.", "order": ["theirs", "relu"]},
                "down": {"says": "Ours is better.", "order": ["relu", "theirs"]},
                "single": {"says": "SiLU is better.", "order": ["single", "relu"]},
                "best": {"says": "Theirs is best.", "best": "theirs"},
            },
        },
        "others": {
            "title": "Theirs alone",
            "rows": {
                "a": {"control": True, "measured": {**THEIRS, "last_accuracy": [92.0, 92.1, 92.2]}},
                "b": {"measured": [95.0, 95.2, 95.4]},
            },
        },
    },
    "winners": {"groups": {"g": {"activation": {"study": "mixed", "reported": "theirs"}}}},
}


@pytest.fixture
def plan(tmp_path) -> Plan:
    """The plan, its runs finished, its tables and findings written as their steps do."""
    plan = Plan({**CONFIG, "results": str(tmp_path / "results")})
    root = plan.results.root
    write_data(root)
    data = Manifest.read(plan.results.manifest).digest
    run = plan.studies["mixed"].rows["relu"].training.run.name
    for seed, best in enumerate(OURS):
        # So many images that their own sampling is no floor to the seeds' scatter.
        measured_run(root, run, seed, best, data=data, arrays=predictions(best, 60_000))
    products = Products(plan)
    found(of(plan, "findings", requested.AskedFindings)).write(plan.results.tables)
    for name in ("mixed", "others", "winners", "summary", "claims"):
        kind = KINDS[products[f"tables/{name}"].request["kind"]]
        make(of(plan, f"tables/{name}", kind), plan.results.table(name))
    return plan


def of(plan: Plan, product: str, kind):
    """What a product is asked for, as an object."""
    return kind.read(product, Products(plan)[product].request, plan.results)


def table_of(plan: Plan, name: str):
    return study.page(of(plan, f"tables/{name}", AskedStudy))


def test_a_table_has_their_numbers_and_nothing_that_nobody_told(plan):
    frame, _ = table_of(plan, "mixed")
    theirs = frame.set_index("row").loc["theirs"]
    assert theirs["label"] == "GELU (measured elsewhere)"
    assert theirs["differs_by"] == "(measured elsewhere: Table 2 of Smith (2024))"
    assert (theirs["n"], theirs["best_mean"], theirs["best_std"]) == (3, 93.1, 0.3)
    assert theirs["delta"] == pytest.approx(0.1)
    unknown = ("last_mean", "best_epoch_mean", "train_accuracy_mean", "seconds_mean", "parameters")
    assert frame.set_index("row").loc["theirs", list(unknown)].isna().all()
    assert (theirs["runs"], theirs["diverged"], theirs["missing"]) == ("", 0, 0)


def test_the_difference_to_a_trained_control_is_scipys_welch(plan):
    frame, _ = table_of(plan, "mixed")
    theirs = frame.set_index("row").loc["theirs"]
    expected = stats.ttest_ind(THEIRS["best_accuracy"], OURS, equal_var=False)
    low, high = expected.confidence_interval(0.95)
    assert theirs["vs_control"] == pytest.approx(93.1 - np.mean(OURS), abs=1e-3)
    assert theirs["vs_control_low"] == pytest.approx(low, abs=2e-3)
    assert theirs["vs_control_high"] == pytest.approx(high, abs=2e-3)


def test_readable_tables_say_who_measured_and_what_is_not_known(plan):
    _, page = table_of(plan, "mixed")
    for text in (markdown(page), latex(page)):
        assert "GELU (measured elsewhere)" in text
        assert "GELU (measured elsewhere): Table 2 of Smith (2024); SiLU" in text
        assert "it is paired with nothing" in text
        assert "not pooled with that of rows trained here" in text
    text = markdown(table_of(plan, "others")[1])
    assert "not pooled" not in text
    assert "Provenance: no finished run" in text


def test_the_answer_compares_theirs_like_any_row(plan):
    answers = found(of(plan, "findings", requested.AskedFindings)).answers
    answer = answers["mixed"]
    theirs, single = answer.comparisons
    assert answer.sentence.startswith(
        "In part. Against ReLU, better: GELU (measured elsewhere) +12.97 [+"
    )
    assert (theirs.relation, theirs.n, theirs.control_n) == ("better", 3, 3)
    assert (theirs.paired, theirs.same_images) == (None, None)
    assert theirs.improvement is not None
    assert single.relation in ("alike", "unclear")
    assert answer.best == "theirs"
    assert answer.seeds == [0, 1, 2]
    assert "GELU (measured elsewhere), from Table 2 of Smith (2024)" in answer.methods
    [b] = answers["others"].comparisons
    expected = stats.ttest_ind([95.0, 95.2, 95.4], THEIRS["best_accuracy"], equal_var=True)
    assert (b.low, b.high) == pytest.approx(expected.confidence_interval(0.95))


def test_claims_are_confirmed_contradicted_and_undecided_by_their_numbers(plan):
    verdicts = found(of(plan, "findings", requested.AskedFindings)).verdicts
    said = {name: verdict.verdict for name, verdict in verdicts.items()}
    expected = ("confirmed", "contradicted", "undecided", "confirmed")
    assert said == dict(zip(("up", "down", "single", "best"), expected, strict=True))
    up = verdicts["up"]
    assert up.measured.startswith("GELU (measured elsewhere) > ReLU? +12.97 [")
    # Nobody knows their last epochs, and nobody here can add seeds to them.
    assert (up.last, up.fragile, up.seeds_for_matters) == (None, False, None)
    assert up.flags == ["GELU (measured elsewhere): Table 2 of Smith (2024)"]
    assert (up.n, up.seeds) == (3, [0, 1, 2])
    assert up.reported_order == "yes"


def test_overviews_count_and_mark_them(plan):
    text = plan.results.table("summary", "md").read_text()
    assert "5 of 5 rows measured, by 3 distinct runs; 4 measured elsewhere." in text
    assert "GELU (measured elsewhere)" in text
    claims = plan.results.table("claims", "md").read_text()
    assert "GELU (measured elsewhere)" in claims
    assert "images with preset full, 4 of them on what was measured elsewhere." in claims
    winners = plan.results.table("winners", "md").read_text()
    assert "| GELU (measured elsewhere)" in winners
    frame = stored.read_study(plan.results, "mixed")
    samples = stored.samples(plan.results, frame)
    assert [sample.ours for sample in samples.values()] == [True, False, False]


def test_the_row_farthest_from_its_report_is_marked_where_it_is_theirs(plan):
    frame = stored.read_summary(plan.results)
    assert "at most +0.13 (mixed/relu)." in summary.headlines(frame)[1]
    frame.loc[frame["row"] == "relu", "delta"] = 0.01
    assert "at most +0.10 (mixed/theirs (measured elsewhere))." in summary.headlines(frame)[1]


def text_of(figure: Figure) -> str:
    """All text of a figure, on one line."""
    shown = figure.findobj(lambda artist: hasattr(artist, "get_text"))
    labels = [label for axes in figure.axes for label in axes.get_yticklabels()]
    return " ".join(" ".join(text.get_text() for text in [*shown, *labels]).split())


def test_figures_mark_them_in_words(plan):
    summary = Drawing(name="x", results=plan.results, tables=("summary",))
    with style.applied():
        text = text_of(study_figure.draw(of(plan, "figures/study_mixed", StudyDrawing)))
        assert "SiLU (measured elsewhere), n = 1" in text
        assert "GELU (measured elsewhere): Table 2 of Smith (2024)" in text
        assert "hollow: measured elsewhere" in text_of(reported_vs_measured.draw(summary))
        said = "1 settings, mean over seeds left out: 4 measured elsewhere"
        assert said in text_of(cost.draw(summary))


def test_pages_show_their_numbers_and_source(plan):
    asked = of(plan, "report/index", Site)
    text, state = site.page(asked)
    assert text
    shown, copies = studies.study(asked.studies[0])
    theirs = next(row for row in shown["rows"] if row["row"] == "theirs")
    assert (theirs["run"], theirs["seeds"], theirs["n"], theirs["mean"]) == ("", [], 3, 93.1)
    given = {"best": [93.1, 93.4, 92.8], "source": "Table 2 of Smith (2024)"}
    assert theirs["elsewhere"] == given
    assert theirs["half"] is not None
    assert "measured elsewhere" in copies["csv"]
    assert "4 measured elsewhere" in plain.page(of(plan, "report/markdown", Plain))
    later = json.loads(json.dumps(state))
    later["rows"]["mixed/theirs"]["mean"] = 94.0
    [moved] = changes.changes(later, state)["moved"]
    assert moved["why"] == "other numbers from elsewhere"


def test_the_checklist_keeps_them_apart():
    rows = [
        {"n": 1, "half": None, "elsewhere": None},
        {"n": 5, "half": 1.0, "elsewhere": {"source": "a"}},
    ]
    items = checklist.checklist([], rows)
    assert items[-1].answer.startswith("1 row not trained here, 1 with a source")


def test_commands_name_them_and_train_nothing_for_them(plan):
    out = io.StringIO()
    console = Console(file=out, width=200)
    advise.show(plan, console)
    assert "to which no seeds can be added here: single." in out.getvalue()
    side = Side.of(plan.results, plan.studies)
    assert ("mixed", "theirs") in side.elsewhere()
    assert {row.said for row in moved(*2 * [side.samples("mixed")])} == {"alike"}
    assert status.runs_of(plan.studies["others"]) == []
