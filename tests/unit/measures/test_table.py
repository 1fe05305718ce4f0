"""The table of measures, against statistics taken by hand from the files."""

import numpy as np
import pytest
from fake_runs import write_series
from small_results import share_images

from ablate.errors import AblateError
from ablate.paths import Results
from ablate.requests.runs import FamilyMember, ShownFamily, ShownRun
from ablate.requests.table import BnMeasuresTable
from ablate.steps.table import make
from ablate.tables import bn_measures
from ablate.tables.markdown import markdown

STEPS = 8
DATA = "da7a" * 16


def write(results, run, seed, loss=None, data=DATA, length=STEPS, probed=False):
    drawn = np.random.default_rng([seed, *run.encode()])
    series = {}
    if loss is not None:
        series["loss"] = np.full(length, loss, np.float32) + np.arange(length)
    if probed:
        series["gradient_difference"] = np.r_[np.nan, drawn.random(STEPS - 1)].astype(np.float32)
        series["gradient_steps"] = np.array([4, 8])
        series["gradients"] = drawn.random((2, 10, 3), dtype=np.float32)
    made = {"run": run, "seed": seed, "data": data}
    write_series(Results(results).run(run, seed), made, **series)


def family(name, *runs, seeds=(0,)):
    members = [FamilyMember(label=run, lr=0.1, run=run, seeds=seeds) for run in runs]
    return ShownFamily(name=name, label=name.upper(), members=members)


def request(results, *families, probed=()):
    return BnMeasuresTable(results=Results(results), note="Demo", families=families, probed=probed)


def line(frame, measure, part="whole run"):
    [found] = frame[(frame["measure"] == measure) & (frame["part"] == part)].to_dict("records")
    return found


def test_a_family_has_the_measures_that_all_its_runs_recorded(tmp_path):
    write(tmp_path, "a", 0, loss=1.0, probed=True)
    write(tmp_path, "b", 0, loss=3.0, probed=True)
    write(tmp_path, "c", 0, loss=5.0)
    frame = bn_measures.table(request(tmp_path, family("all", "a", "b"), family("some", "a", "c")))
    assert list(frame.columns) == list(bn_measures.COLUMNS)
    shown = frame.groupby("family", sort=False)["measure"].unique()
    assert list(shown["all"]) == ["loss_band", "gradient_predictiveness", "beta_a", "beta_b"]
    assert list(shown["some"]) == ["loss_band"]
    assert frame["part"].tolist() == ["first half", "second half", "whole run"] * 5


def test_test_images_that_were_trained_on_are_said(tmp_path):
    write(tmp_path, "a", 0, loss=1.0, data=share_images(tmp_path))
    _, page = bn_measures.page(request(tmp_path, family("all", "a")))
    assert "4 of 4 test images are training images too" in markdown(page)


def test_a_measures_heading_keeps_its_capitals(tmp_path):
    write(tmp_path, "a", 0, loss=1.0, probed=True)
    write(tmp_path, "b", 0, loss=3.0, probed=True)
    _, page = bn_measures.page(request(tmp_path, family("all", "a", "b")))
    headings = " ".join(section.heading for section in page.sections)
    assert "Effective beta-smoothness, reading A:" in headings
    assert "Effective beta-smoothness, reading B:" in headings


def test_the_numbers_of_a_band(tmp_path):
    """Losses 1 + t and 3 + t for t = 0 to 7: middle 2 + t, width 2."""
    write(tmp_path, "a", 0, loss=1.0)
    write(tmp_path, "b", 0, loss=3.0)
    frame = bn_measures.table(request(tmp_path, family("all", "a", "b")))
    first, second, whole = (
        line(frame, "loss_band", part) for part in ("first half", "second half", "whole run")
    )
    assert (first["mean"], second["mean"], whole["mean"]) == (3.5, 7.5, 5.5)
    assert (whole["median"], whole["width"]) == (5.5, 2.0)
    assert (first["steps"], second["steps"], whole["steps"]) == (4, 4, 8)
    assert (whole["seeds"], whole["left_out"]) == (1, 0)
    assert np.isnan(whole["mean_std"])


def test_statistics_are_taken_for_each_seed_and_then_averaged(tmp_path):
    for seed, gap in ((0, 2.0), (1, 6.0)):
        write(tmp_path, "a", seed, loss=1.0)
        write(tmp_path, "b", seed, loss=1.0 + gap)
    whole = line(
        bn_measures.table(request(tmp_path, family("all", "a", "b", seeds=(0, 1)))), "loss_band"
    )
    assert (whole["width"], whole["seeds"], whole["steps"]) == (4.0, 2, 16)
    assert whole["width_std"] == pytest.approx(np.std([2, 6], ddof=1))
    assert whole["mean_std"] == pytest.approx(np.std([5.5, 7.5], ddof=1))


def test_steps_after_a_run_diverged_are_left_out_and_counted(tmp_path):
    write(tmp_path, "a", 0, loss=1.0)
    write(tmp_path, "b", 0, loss=3.0, length=5)
    frame = bn_measures.table(request(tmp_path, family("all", "a", "b")))
    second = line(frame, "loss_band", "second half")
    assert (second["steps"], second["left_out"], second["width"]) == (1, 3, 2.0)


def probed_run(tmp_path):
    write(tmp_path, "sgd", 0)
    folder = Results(tmp_path).run("sgd", 0)
    eta = np.geomspace(0.05, 0.4, 8)[None].repeat(4, 0)
    write_series(
        folder,
        probe_steps=np.array([2, 4, 6, 8]),
        probe_eta=eta,
        probe_loss=eta + np.array([[4.0], [3.0], [2.0], [1.0]]),
        probe_gradient_difference=3.0 * eta,
        probe_gradient_norm=np.array([1.0, 2.0, 3.0, 6.0]),
        probe_seconds=4.5,
        step_seconds=0.5,
    )
    return ShownRun(label="plain", run="sgd", seeds=(0,))


def test_a_probed_run_has_the_measures_along_the_gradient(tmp_path):
    frame = bn_measures.table(request(tmp_path, probed=[probed_run(tmp_path)]))
    assert frame["measure"].unique().tolist() == ["loss_range", "gradient_range", "beta"]
    assert line(frame, "loss_range")["width"] == pytest.approx(0.35)
    assert line(frame, "beta", "first half")["mean"] == pytest.approx((3 + 1.5) / 2)
    assert line(frame, "beta", "second half")["mean"] == pytest.approx((1 + 0.5) / 2)


def test_the_page_says_what_a_look_along_the_gradient_cost(tmp_path):
    _, page = bn_measures.page(request(tmp_path, probed=[probed_run(tmp_path)]))
    assert "A look along the gradient took as long as 9.0 training steps." in page.notes
    assert "Effective beta-smoothness along the gradient" in markdown(page)


def test_the_step_writes_the_csv_and_a_readable_page(tmp_path):
    write(tmp_path, "a", 0, loss=1.0, probed=True)
    write(tmp_path, "b", 0, loss=3.0, probed=True)
    out = Results(tmp_path).table("bn_measures")
    make(request(tmp_path, family("all", "a", "b")), out)
    assert out.read_text().splitlines()[0] == ",".join(bn_measures.COLUMNS)
    text = out.with_suffix(".md").read_text()
    assert "Demo" in text
    assert "fp32" in text
    assert out.with_suffix(".tex").exists()


def test_runs_on_different_data_are_refused(tmp_path):
    write(tmp_path, "a", 0, loss=1.0)
    write(tmp_path, "b", 0, loss=3.0, data="beef" * 16)
    with pytest.raises(AblateError, match=r"different data.* than is packed now"):
        bn_measures.page(request(tmp_path, family("all", "a", "b")))


def test_an_empty_request_gives_an_empty_table(tmp_path):
    frame, _ = bn_measures.page(request(tmp_path))
    assert list(frame.columns) == list(bn_measures.COLUMNS)
    assert frame.empty
