"""Parts of the site by themselves: packing, curves, settings, changes, checklist, pictures."""

import base64
import gzip
import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from small_results import HISTORY, study_request, write_run
from small_site import site_request

from ablate.paths import Results
from ablate.report import changes, checklist, citation, packed, pictures, runs, settings, studies
from ablate.requests.study import AskedStudy
from ablate.runs.finished import FinishedRun

ROOT = Path(__file__).parents[3]


def test_parts_are_kept_in_order_until_one_does_not_fit():
    made = []
    parts = [(name, lambda name=name: made.append(name) or "x" * 10) for name in "abc"]
    size = len(packed.packed("x" * 10))
    assert list(packed.within(parts, 2 * size)) == ["a", "b"]
    del made[:]
    assert list(packed.within(parts, size - 1)) == []
    assert made == ["a"]  # the others are not even made
    assert gzip.decompress(base64.b64decode(packed.packed({"a": 1}))) == b'{"a":1}'


def test_a_long_history_is_thinned_and_keeps_its_best_and_last_epoch(tmp_path):
    epochs = 1001
    history = {name: np.linspace(1, 2, epochs) for name in HISTORY} | {
        "epoch": range(1, epochs + 1)
    }
    write_run(tmp_path, "run", history=history, best_epoch=333)
    kept = runs.history(FinishedRun(Results(tmp_path), "run", 0, "run"))
    assert {333, 1001} <= set(kept["epoch"])
    assert len(kept["epoch"]) <= runs.EPOCHS + 2
    assert len(kept["lr"]) == len(kept["epoch"])


def test_a_loss_that_is_no_number_is_a_gap(tmp_path):
    write_run(tmp_path, "run", history={**HISTORY, "test_loss": [1.0, np.inf, np.nan]})
    kept = runs.history(FinishedRun(Results(tmp_path), "run", 0, "run"))
    assert kept["test_loss"] == [1.0, None, None]


def test_numbers_keep_more_digits_than_a_page_shows():
    # Cut to five it would be 52.915, of which a page makes 52.91.
    assert f"{runs.rounded(52.915226):.2f}" == "52.92"
    assert runs.rounded(1.23456789e-7, 5) == 1.2346e-7
    assert runs.rounded(None) is None


def test_settings_are_named_as_people_write_them():
    model = {"name": "vgg_a", "activation": {"name": "ELU"}}
    named = settings.named({"model": model, "steps": None})
    assert named == {
        "model.name": "vgg_a",
        "model.activation": "ELU",
        "model.activation.alpha": "1.0",  # torch's own, which a record leaves out
        "steps": "null",
    }
    assert settings.differing([{"a": "1", "b": "2"}, {"a": "1", "b": "3"}]) == ["b"]
    assert settings.differing([{"a": "1"}, {"a": "1", "c": "0"}]) == ["c"]


def test_an_empty_group_is_told_by_what_others_have_in_it():
    crop = {"augmentation.RandomCrop.padding": "4"}
    assert settings.differing([{"augmentation": "{}"}, crop]) == [*crop]
    model = {"model": "a", "model.arguments": "{}"}, {"model": "a", "model.arguments.b": "1"}
    assert settings.differing([*model]) == ["model.arguments.b"]
    # A named part with its arguments is no empty group.
    loss = {"loss": "CrossEntropyLoss"}, {"loss": "Focal", "loss.gamma": "2"}
    assert settings.differing([*loss]) == ["loss", "loss.gamma"]


def build(mean, run="a", seeds=(0,), code="c"):
    row = {"mean": mean, "run": run, "seeds": list(seeds)}
    made = {f"{run}/seed{seed}": {"data": "d", "code": code, "made": code} for seed in seeds}
    return {"rows": {"study/row": row}, "runs": made}


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (build(80.0, code="new"), "the training's code changed"),
        (build(80.0, run="b"), "other settings: b in place of a"),
        (build(80.0, seeds=(0, 1)), "seeds 0, 1 in place of 0"),
    ],
)
def test_a_row_made_anew_says_why(now, why):
    [moved] = changes.changes(now, build(79.0))["moved"]
    assert moved == {"row": "study/row", "before": 79.0, "after": 80.0, "why": why}


def test_what_did_not_change_is_no_change_and_the_first_build_has_none():
    assert changes.changes(build(80.0), None) is None
    found = changes.changes(build(80.0), build(80.0))
    assert found == {"moved": [], "new": [], "gone": []}
    other = {"rows": {"study/other": build(1.0)["rows"]["study/row"]}, "runs": {}}
    found = changes.changes(build(80.0), other)
    assert [row["row"] for row in found["new"]] == ["study/row"]
    assert [row["row"] for row in found["gone"]] == ["study/other"]


def test_changes_are_against_the_last_build_that_was_another(tmp_path):
    (tmp_path / "report").mkdir()
    for now in (build(1.0), build(2.0), build(2.0)):
        changes.keep(Results(tmp_path), now)
    assert changes.before(Results(tmp_path), build(2.0)) == build(1.0)
    (tmp_path / "report" / "builds.json").write_text("{")
    assert changes.before(Results(tmp_path), build(2.0)) is None


def test_the_checklist_says_what_is_known_and_what_is_not(tmp_path):
    request = site_request(tmp_path)
    found = [run.metrics for run in runs.finished(request)]
    rows = [row for asked in request.studies for row in studies.study(asked)[0]["rows"]]
    items = {item.asked: item for item in checklist.checklist(found, rows)}
    assert items["Seeds"] == ("Seeds", checklist.PARTLY, "1 to 3 runs a row.")
    assert items["Error bars"].answer == "4 of 5 rows have a 95 % interval."
    assert items["Choice of the epoch"].state == checklist.PARTLY
    assert items["Licence of the data"].state == checklist.UNKNOWN
    assert items["Data"].state == checklist.KNOWN
    assert items["Circumstances"].state == checklist.PARTLY
    assert items["Circumstances"].answer.endswith("What else a CPU did meanwhile is not known.")
    assert checklist.checklist([], [])[0].state == checklist.UNKNOWN


def test_a_row_has_the_accuracy_of_the_epoch_that_held_out_images_choose(tmp_path):
    asked = AskedStudy(**study_request(tmp_path))
    for row, chosen in zip(asked.rows, (77.5, None, None), strict=True):
        write_run(tmp_path, row.run, chosen_accuracy=chosen, chosen_epoch=chosen and 2)
    assert [row["chosen"] for row in studies.study(asked)[0]["rows"]] == [77.5, None, None]


def test_the_citation_is_bibtex():
    text = citation.bibtex()
    assert text.startswith("@software{ablate,")
    for field in ("author = {{The ablate developers}}", "title = {{ablate: ", "year = {2026}"):
        assert field in text
    assert citation.bibtex(ROOT / "missing.cff") is None


def test_small_drawings_stay_drawings_and_large_ones_become_pictures(tmp_path):
    png = tmp_path / "figure.png"
    Image.new("RGB", (2 * pictures.WIDTH, 100), "white").save(png)
    png.with_suffix(".svg").write_text("<svg/>" + " " * pictures.LARGEST_SVG)
    kind, _, content = pictures.picture(png).partition(";base64,")
    assert kind == "data:image/webp"
    with Image.open(io.BytesIO(base64.b64decode(content))) as image:
        assert image.size == (pictures.WIDTH, 50)
    png.with_suffix(".svg").write_text("<svg/>")
    assert pictures.picture(png).startswith("data:image/svg+xml;base64,")


def themes():
    """The custom properties of the light and the dark theme."""
    text = (ROOT / "workflow" / "ablate" / "report" / "site.css").read_text()
    blocks = re.findall(r":root[^{]*\{([^}]*--paper[^}]*)\}", text)
    return [dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6})", block)) for block in blocks]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, WCAG 2.2."""

    def luminance(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return np.dot(linear, [0.2126, 0.7152, 0.0722])

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", themes())
def test_text_and_marks_have_enough_contrast(theme):
    for paper in ("--paper", "--pale"):
        for text in ("--ink", "--quiet", "--link", "--good", "--bad"):
            assert contrast(theme[text], theme[paper]) >= 4.5, (text, paper)
        for mark in (*(f"--c{i}" for i in range(7)), "--reported", "--other"):
            assert contrast(theme[mark], theme[paper]) >= 3, (mark, paper)
    assert contrast(theme["--warn-ink"], theme["--warn-paper"]) >= 4.5
