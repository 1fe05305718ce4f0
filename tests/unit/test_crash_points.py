"""At whatever file event a save dies, nothing torn is taken for whole, and no work is lost."""

import json
from pathlib import Path

import torch
from asking import asked
from crash_points import deaths
from fake_runs import measured_run, provenance
from small_results import study_request
from tiny_training import DATA, trained

from ablate.evaluation.metrics import metrics
from ablate.files import Fingerprint
from ablate.job import writing
from ablate.job.state import States
from ablate.requests.study import AskedStudy
from ablate.runs.metrics import Metrics
from ablate.runs.record import Record
from ablate.steps import command_line as steps
from ablate.tables import formats, study


def saved(folder: Path, number: int) -> None:
    states = States(folder, "key")
    states.save({"number": number, "weights": torch.full((1000,), float(number))})
    states.wait()


def test_every_crash_of_a_save_leaves_the_newest_whole_state(tmp_path, capfd):
    folder = tmp_path / "state"
    saved(folder, 1)
    saved(folder, 2)
    found = []
    for _ in deaths(folder, lambda: saved(folder, 3)):
        state = States(folder, "key").load()
        # Never the one before: that would be work lost.
        assert state["weights"].unique().tolist() == [state["number"]]
        found.append(state["number"])
        saved(folder, 4)
        assert States(folder, "key").load()["number"] == 4
    assert len(found) >= 5
    assert found == sorted(found)
    assert set(found) == {2, 3}
    assert "is damaged" not in capfd.readouterr().err


def test_every_crash_of_the_first_save_leaves_a_start_or_the_state(tmp_path, capfd):
    folder = tmp_path / "state"
    folder.mkdir()
    found = [States(folder, "key").load() for _ in deaths(folder, lambda: saved(folder, 1))]
    assert found[0] is None
    assert found[-1]["number"] == 1
    assert "is damaged" not in capfd.readouterr().err


def test_every_crash_of_writing_a_run_leaves_a_record_only_of_what_is_whole(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    training = trained()
    training.histograms = [{} for _ in training.history]
    training.started = "2024-01-01T00:00:00+00:00"
    finished = []
    for _ in deaths(folder, lambda: writing.write(folder, training, provenance(), DATA)):
        finished.append((folder / "training.json").exists())
        assert not finished[-1] or not Record.read(folder).changed(folder)
    assert len(finished) >= 20
    assert finished[-1]


def test_every_crash_of_measuring_again_leaves_the_old_metrics_or_the_new(tmp_path):
    folder = measured_run(tmp_path, "r")
    for _ in deaths(folder, lambda: metrics(folder).write(folder)):
        assert Metrics.read(folder) == metrics(folder)


def test_every_crash_of_a_table_leaves_a_record_only_of_what_is_whole(tmp_path):
    results = tmp_path / "results"
    wanted = AskedStudy(**study_request(results))
    for row in wanted.rows:
        measured_run(results, row.run)
    outputs = [results / "tables" / f"activation.{suffix}" for suffix in ("csv", "md", "tex")]
    frame, page = study.page(wanted)
    # The one before, which stays where a crash comes early.
    formats.write(frame.head(1), page, outputs[0])
    before = {path: path.read_bytes() for path in outputs}
    line = asked(wanted.plain(), results, outputs)
    request = steps.read(line)

    def make() -> None:
        formats.write(frame, page, outputs[0])
        steps.record(request, {})

    recorded = []
    for _ in deaths(results, make):
        recorded.append(request.record.exists())
        if recorded[-1]:
            said = json.loads(request.record.read_text())["outputs"]
            for name, of in said.items():
                assert Fingerprint.of(results / name) == Fingerprint(**of)
        else:
            after = {path: path.read_bytes() for path in outputs}
            assert after[outputs[0]] in (before[outputs[0]], frame.to_csv(index=False).encode())
    assert len(recorded) >= 12
    assert recorded == sorted(recorded)
    assert recorded[-1]
