"""What settings, data and numbers read like on a page."""

import math

import pytest
from small_results import SETTINGS, write_data

from ablate.data.manifest import Manifest
from ablate.paths import Results
from ablate.report import wording
from ablate.report.grid import grid, sort_key, tone
from ablate.settings import Run
from ablate.tables.page import Section


def test_a_setting_reads_in_torchs_words():
    run = Run.model_validate({"model": {"name": "resnet34", "hidden": 10, "dropout": 0.1}})
    assert wording.setting(run.resolved()) == (
        "resnet34(width=1.0, dropout=0.1, activation=ReLU, stem_kernel=3, stem_stride=1, "
        "max_pool=True, hidden=10, dropout_place=before_bn); "
        "SGD(lr=0.1, momentum=0.9, weight_decay=1e-05); StepLR(step_size=10); "
        "batch 128; 50 epochs; no augmentation"
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"schedule": None}, "constant learning rate"),
        ({"epochs": None, "steps": 15000}, "15,000 steps"),
        ({"epochs": 1}, "1 epoch;"),
        ({"schedule_epochs": 50}, "3 epochs (of the report's 50, followed by progress)"),
        (
            {"augmentation": {"RandomCrop": {"size": 32}, "RandomHorizontalFlip": {"p": 0.5}}},
            "RandomCrop(size=32) + RandomHorizontalFlip(p=0.5)",
        ),
        ({"model": {"name": "vgg_a", "batch_norm": True}}, "vgg_a(batch_norm=True); "),
        ({"model": {"name": "vgg_a", "batch_norm": False}}, "vgg_a(); "),
    ],
)
def test_every_kind_of_setting_has_words(changes, expected):
    assert expected in wording.setting({**SETTINGS, **changes}) + ";"


def test_nested_settings_get_paths():
    flat = wording.flat({"model": {"name": "x", "hidden": None}, "augmentation": {}, "lr": 0.1})
    assert flat == {
        "model.name": "x",
        "model.hidden": "null",
        "augmentation": "{}",
        "lr": "0.1",
    }


def test_data_are_named_counted_and_called_a_subset(tmp_path):
    write_data(tmp_path)
    manifest = Manifest.read(Results(tmp_path).manifest)
    assert wording.data(manifest) == (
        "noise: 40 training and 40 test synthetic images, 32×32, 10 classes"
    )
    subset = manifest.model_copy(update={"train_of": 50000, "synthetic": False})
    assert "40 of 50,000 training and 40 test images" in wording.data(subset)
    # Of those packed a run may hold some out.
    assert "noise: 36 of 40 training and 40 test" in wording.data(manifest, [36, 36])
    assert "noise: 36 or 40 of 40 training and" in wording.data(manifest, [40, 36])


def test_seeds_and_durations():
    assert wording.seeds([0]) == "seed 0"
    assert wording.seeds([2, 0, 2]) == "seeds 0, 2"
    assert wording.duration(12.34) == "12.3 seconds"
    assert wording.duration(600) == "10.0 minutes"
    assert wording.duration(7200) == "2.0 hours"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("80.10 ± 0.30 (3)", "80.10"),
        ("> 2000", "2000"),
        ("about 1200", "1200"),
        ("+1.20 [-0.10, +2.50]", "1.20"),
        ("-7.17 [-11.10, -3.25]", "-7.17"),
        ("82.26*", "82.26"),
        ("1,234", "1234"),
        ("", ""),
        ("yes", ""),
    ],
)
def test_numbers_sort_by_the_first_in_the_cell(text, key):
    assert sort_key(text) == key


def test_grids_know_which_columns_are_numbers():
    section = Section(
        columns={"": ["B", "a"], "best": ["9.5", "80.1"]}, bold=frozenset({(1, "best")}), left=("",)
    )
    shown = grid(section)
    assert shown.columns == [("", False), ("best", True)]
    assert [cell.sort for cell in shown.column("best")] == ["9.5", "80.1"]
    assert [cell.sort for cell in shown.column("")] == ["b", "a"]
    assert shown.column("none") == []
    shown.drop("best")
    assert [[cell.text for cell in line] for line in shown.lines] == [["B"], ["a"]]


def test_colours_say_the_direction_and_grow_with_the_distance():
    strength = [float(tone(d).rsplit(",", 1)[1].rstrip(") ")) for d in (1, 5, 10, 50)]
    assert strength == sorted(strength)
    assert strength[2] == strength[3]
    assert tone(3).split("(")[1][:6] != tone(-3).split("(")[1][:6]
    assert tone(0) == tone(math.nan) == ""
