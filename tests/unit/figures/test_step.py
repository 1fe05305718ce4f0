"""The command line that draws one figure."""

import os
import subprocess
import sys

import pytest
from asking import asked
from small_results import study_request, write_data, write_study

from ablate.requests.figure import Drawing, StudyDrawing
from ablate.requests.runs import ShownRun
from ablate.requests.study import AskedStudy
from ablate.steps import figure


def call(capsys, request, out):
    asked_for = asked(request.plain(), out.parents[1], [out, out.with_suffix(".svg")])
    return figure.main(asked_for), capsys.readouterr().err


def test_a_study_figure_is_drawn_by_the_study_module(tmp_path, capsys):
    study = study_request(tmp_path)
    write_study(study, {"relu": [80.0], "elu": [83.0], "tanh": [75.0]})
    out = tmp_path / "figures" / "study_activation.png"
    request = StudyDrawing(name="study_activation", study=AskedStudy(**study), note="Demo")
    assert call(capsys, request, out) == (0, "")
    assert out.read_bytes().startswith(b"\x89PNG")
    assert b"</svg>" in out.with_suffix(".svg").read_bytes()
    assert sorted(path.name for path in out.parent.iterdir()) == [
        "study_activation.pdf",
        "study_activation.png",
        "study_activation.svg",
        "study_activation_narrow.pdf",
    ]


def test_the_note_is_stamped(tmp_path, monkeypatch, capsys):
    write_data(tmp_path)
    stamped = []
    monkeypatch.setattr(figure.saving, "stamp", lambda _, note, drawn: stamped.append(note))
    out = tmp_path / "figures" / "samples.png"
    assert call(capsys, Drawing(name="samples", note="Quick: few epochs"), out)[0] == 0
    assert stamped == ["Quick: few epochs"] * 2  # wide and narrow


def test_what_is_missing_is_named_without_a_traceback(tmp_path, capsys):
    request = Drawing(name="curves", runs=(ShownRun(run="r", seeds=(0,)),))
    code, message = call(capsys, request, tmp_path / "figures" / "curves.png")
    assert code == 1
    assert message.startswith("error: ")
    assert "r/seed0/training.json does not exist. Build it first: " in message


@pytest.mark.parametrize("step", ["table", "figure"])
def test_processes_that_hash_otherwise_make_the_same_files(tmp_path, step):
    written = study_request(tmp_path)
    write_study(written, {"relu": [80.0, 81.0], "elu": [83.0, 84.0], "tanh": [75.0]})
    study = AskedStudy(**written)
    drawing = StudyDrawing(name="study_activation", study=study, note="Demo")
    request, suffix = {"table": (study, "csv"), "figure": (drawing, "png")}[step]
    for seed in ("1", "2"):
        command = asked(request.plain(), tmp_path, [tmp_path / seed / f"made.{suffix}"])
        environment = {**os.environ, "PYTHONPATH": "workflow", "PYTHONHASHSEED": seed}
        module = f"ablate.steps.{step}"
        subprocess.run([sys.executable, "-m", module, *command], check=True, env=environment)
    one, two = (
        {file.name: file.read_bytes() for file in (tmp_path / seed).iterdir()} for seed in "12"
    )
    assert len(one) == {"table": 3, "figure": 4}[step]
    assert one == two


def test_figures_that_draw_no_network_load_no_torch(tmp_path):
    study = study_request(tmp_path)
    write_study(study, {"relu": [80.0], "elu": [83.0], "tanh": [75.0]})
    request = StudyDrawing(name="study_activation", study=AskedStudy(**study))
    command = asked(request.plain(), tmp_path, [tmp_path / "f.png", tmp_path / "f.svg"])
    script = (
        "import sys; sys.path.insert(0, 'workflow'); from ablate.steps import figure\n"
        f"assert figure.main({command!r}) == 0\n"
        "assert not {'torch', 'matplotlib.pyplot'} & set(sys.modules), 'loaded'"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
