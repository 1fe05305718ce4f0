"""What settings, data and numbers read like on a page."""

from small_results import write_data

from ablate.data.manifest import Manifest
from ablate.paths import Results
from ablate.report import wording


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
