"""training.json and metrics.json: typed, sealed, and refused with one message where damaged."""

import hashlib
import json

import pytest
from fake_runs import edit, measured_run, provenance, vouch, write_run

from ablate.errors import AblateError
from ablate.runs.metrics import Metrics
from ablate.runs.record import Record, verified


@pytest.mark.parametrize("kind", [Record, Metrics])
def test_the_seal_is_of_the_canonical_json_without_itself(tmp_path, kind):
    folder = measured_run(tmp_path, "r")
    content = json.loads((folder / kind.NAME).read_text())
    seal = content.pop("sha256")
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert seal == hashlib.sha256(text.encode()).hexdigest()
    assert kind.read(folder) == kind.read(folder)


@pytest.mark.parametrize(
    ("kind", "way_out"),
    [
        (Record, "Remove the folder .*/r/seed0 and train this run alone anew: snakemake"),
        (Metrics, "Remove it and make it anew .*: snakemake .*/metrics.json"),
    ],
)
@pytest.mark.parametrize(
    ("damage", "finding"),
    [
        (lambda text: text[: len(text) // 2], "is cut short or not JSON"),
        (lambda text: "", "is cut short or not JSON"),
        (lambda text: "[1]", "is not a JSON object"),
        (lambda text: "{}", "has format 0; this version of ablate reads format 1"),
        (lambda text: text.replace('"format": 1', '"format": 7'), "has format 7"),
        (lambda text: text.replace('"Test CPU"', '"TPU"'), "has been edited"),
        (lambda text: text.replace("60.0", "61.0"), "has been edited"),
        (lambda text: text.replace("60.0", "NaN"), "has been edited"),
    ],
)
def test_a_damaged_file_is_named_with_the_way_out(tmp_path, kind, way_out, damage, finding):
    folder = measured_run(tmp_path, "r")
    path = folder / kind.NAME
    whole = path.read_text()
    path.write_text(damage(whole))
    assert path.read_text() != whole
    with pytest.raises(AblateError, match=rf"r/seed0/{kind.NAME} {finding}.*\. {way_out}"):
        kind.read(folder)


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"flops": "many"}, "flops: Input should be a valid integer"),
        ({"extra": 1}, "extra: Extra inputs"),
        ({"outputs": {"history.csv": "c0de"}}, "outputs.history.csv: Input should be an object"),
    ],
)
def test_a_record_of_other_fields_is_refused_though_its_seal_is_whole(tmp_path, change, finding):
    folder = write_run(tmp_path)
    edit(folder / "training.json", **change)
    with pytest.raises(AblateError, match=rf"training\.json has unexpected content .*{finding}"):
        Record.read(folder)


def test_metrics_that_another_training_left_are_refused(tmp_path):
    folder = measured_run(tmp_path, "r")
    Record.of(provenance(run="r", seconds=1.0), folder, ["history.csv"]).write(folder)
    with pytest.raises(AblateError, match=r"was not made from the training\.json beside it"):
        Metrics.read(folder)
    (folder / "training.json").unlink()
    with pytest.raises(AblateError, match=r"was not made from the training\.json beside it"):
        Metrics.read(folder)


def test_a_record_tells_which_files_are_no_longer_what_they_were(tmp_path):
    folder = write_run(tmp_path)
    record = Record.read(folder)
    assert record.changed(folder) == []
    text = (folder / "history.csv").read_text()
    (folder / "history.csv").write_text(text.replace("80.0", "81.0"))
    assert record.changed(folder) == ["history.csv"]
    (folder / "history.csv").write_text(text)
    (folder / "predictions.npz").unlink()
    assert record.changed(folder) == ["predictions.npz"]


def test_only_files_that_the_record_names_are_believed(tmp_path):
    folder = write_run(tmp_path)
    assert verified(folder, "history.csv") == (folder / "history.csv").read_bytes()
    (folder / "steps.npz").write_bytes(b"from elsewhere")
    with pytest.raises(AblateError, match=r"steps\.npz is not listed among the outputs"):
        verified(folder, "steps.npz")
    vouch(folder)
    assert verified(folder, "steps.npz") == b"from elsewhere"
    (folder / "training.json").unlink()
    with pytest.raises(AblateError, match=r"training\.json does not exist"):
        verified(folder, "steps.npz")
