"""The command line that draws one figure."""

import json
import subprocess
import sys

from small_results import study_request, write_data, write_study

from ablate.steps import figure


def call(capsys, *arguments):
    code = figure.main([str(argument) for argument in arguments])
    return code, capsys.readouterr().err


def test_a_study_figure_is_drawn_by_the_study_module(tmp_path, capsys):
    study = study_request(tmp_path)
    write_study(study, {"relu": [80.0], "elu": [83.0], "tanh": [75.0]})
    asked = json.dumps({"results": str(tmp_path), "study": study, "note": "Demo"})
    out = tmp_path / "figures" / "study_activation.png"
    assert call(capsys, "study_activation", "--request", asked, "--out", out) == (0, "")
    assert out.read_bytes().startswith(b"\x89PNG")
    assert b"</svg>" in out.with_suffix(".svg").read_bytes()
    assert sorted(path.name for path in out.parent.iterdir()) == [
        "study_activation.png",
        "study_activation.svg",
    ]


def test_the_note_is_stamped(tmp_path, monkeypatch, capsys):
    write_data(tmp_path)
    stamped = []
    monkeypatch.setattr(figure.style, "stamp", lambda _, note: stamped.append(note))
    asked = json.dumps({"results": str(tmp_path), "note": "Quick: few epochs"})
    assert call(capsys, "samples", "--request", asked, "--out", tmp_path / "s.png")[0] == 0
    assert stamped == ["Quick: few epochs"]


def test_an_unknown_figure_names_the_nearest(tmp_path, capsys):
    code, message = call(capsys, "stem_kernel", "--request", "{}", "--out", tmp_path / "figure.png")
    assert code == 1
    assert message.startswith("error: There is no figure 'stem_kernel'. Did you mean stem_kernels?")
    assert "curves" in message
    assert list(tmp_path.iterdir()) == []


def test_modules_that_draw_nothing_are_no_figures(tmp_path, capsys):
    code, message = call(capsys, "style", "--request", "{}", "--out", tmp_path / "figure.png")
    assert code == 1
    assert "There is no figure 'style'" in message


def test_what_is_missing_is_named_without_a_traceback(tmp_path, capsys):
    asked = json.dumps({"results": str(tmp_path), "runs": [{"run": "r", "seeds": [0]}]})
    code, message = call(capsys, "curves", "--request", asked, "--out", tmp_path / "figure.png")
    assert code == 1
    assert message.startswith("error: ")
    assert "r/seed0/history.csv is not there" in message


def test_figures_that_draw_no_network_load_no_torch(tmp_path):
    study = study_request(tmp_path)
    write_study(study, {"relu": [80.0], "elu": [83.0], "tanh": [75.0]})
    asked = json.dumps({"results": str(tmp_path), "study": study})
    code = (
        "import sys; sys.path.insert(0, 'workflow'); from ablate.steps import figure\n"
        f"assert figure.main(['study_activation', '--request', {asked!r}, '--out', "
        f"{str(tmp_path / 'f.png')!r}]) == 0\n"
        "assert not {'torch', 'matplotlib.pyplot'} & set(sys.modules), 'loaded'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
