"""Text is UTF-8 whatever the machine's locale: another must not retrain, nor garble a name."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ablate.planning import code

LIBRARY = Path(__file__).parents[2] / "workflow" / "ablate"
FILES = sorted(LIBRARY.rglob("*.py"))
# Linux's own words, in ASCII.
ELSEWHERE = {"training/device.py"}


def left_to_the_locale(tree: ast.AST) -> list[int]:
    """The lines that read or write text without saying in which encoding."""
    return [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Call) and is_one(node)]


def is_one(call: ast.Call) -> bool:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    said = {keyword.arg for keyword in call.keywords}
    # Of a path; `ablate.files.write_text` says UTF-8 itself.
    if name in ("read_text", "write_text"):
        return isinstance(call.func, ast.Attribute) and "encoding" not in said
    modes = [arg.value for arg in call.args if isinstance(arg, ast.Constant)]
    # What other classes open takes no mode of this form.
    text = any(isinstance(mode, str) and mode in ("r", "w", "a", "x", "r+", "w+") for mode in modes)
    return name in ("open", "fdopen") and text and "encoding" not in said


@pytest.mark.parametrize("written", ["a.read_text()", 'a.open("w", newline="")', 'open(a, "r")'])
def test_what_is_left_to_the_locale_is_found(written):
    assert left_to_the_locale(ast.parse(written)) == [1]


def test_nothing_is_left_to_the_locale():
    places = {str(file.relative_to(LIBRARY)): file for file in FILES}
    found = {
        name: left_to_the_locale(ast.parse(file.read_text(encoding="utf-8")))
        for name, file in places.items()
        if name not in ELSEWHERE
    }
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_a_locale_changes_no_digest_of_code():
    ask = "from ablate.planning import code; print(code.digest('ablate.report.site'))"
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        [sys.executable, "-c", ask],
        env={**os.environ, **ascii_only, "PYTHONPATH": str(LIBRARY.parent)},
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == code.digest("ablate.report.site"), done.stderr
