"""What counts as a change of code, and where it counts."""

import ast
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ablate.errors import AblateError
from ablate.planning import bare, code
from ablate.planning.products.run import COMPUTES
from ablate.planning.proof import Proof

ROOT = Path(code.__file__).parents[2]
MODULE = '''"""Makes."""

import json
import os
from dataclasses import dataclass

from ablate.other import f

STYLE = "plain.css"


@dataclass
class Point:
    """A point."""

    x: int = 0


def main(x: int) -> int:
    """Make."""
    if x < 0:
        raise ValueError(f"found {x}, at least 0 is needed")
    print("made", x)
    y: int = f(x)
    return y
'''


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A tiny package of this name, in place of the library."""
    folder = tmp_path / "ablate"
    (folder / "steps").mkdir(parents=True)
    (folder / "__init__.py").write_text('"""Package."""\n')
    (folder / "steps" / "__init__.py").write_text('"""Steps."""\n')
    (folder / "steps" / "make.py").write_text(MODULE)
    (folder / "steps" / "plain.css").write_text("a {} /* @import 'base.css' */")
    (folder / "steps" / "base.css").write_text("b {}")
    (folder / "other.py").write_text('def f(x):\n    """Say."""\n    return x + 1\n')
    (folder / "chosen.py").write_text("A = 1\n")
    (folder / "errors.py").write_text("M = 'a message'\n")
    monkeypatch.setattr(code, "ROOT", tmp_path)
    yield folder
    forget()


def forget() -> None:
    for cached in (code.source, code.digest, code._found, code._imports):
        cached.cache_clear()


def fresh_digest(*chosen: str) -> str:
    forget()
    return code.digest("ablate.steps.make", *chosen)


def edited(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"""Make."""', '"""Make it otherwise."""  # why'),
        ("    y: int = f(x)\n    return y", "    y: int = f( x )\n\n    return (y)"),
        ("def main(x: int) -> int:", 'def main(x: "int") -> "int":'),
        ("y: int = f", "y: float = f"),
        ("x: int = 0", "x: float = 0"),
        ("found {x}, at least 0 is needed", "{x} is below 0"),
        ('print("made", x)', 'print("has been made:", x)'),
        ("import json\nimport os\n", "import os\nimport json\n"),
    ],
)
def test_what_does_not_act_on_the_result_does_not_count(package, old, new):
    before = fresh_digest()
    edited(package / "steps" / "make.py", old, new)
    assert fresh_digest() == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("return y", "return y + 1"),
        ("x: int = 0", "x: int = 1"),
        ("raise ValueError", "raise TypeError"),
        ("if x < 0", "if x < 1"),
        ("import os", "import sys"),
        ('"plain.css"', '"base.css"'),
    ],
)
def test_what_acts_on_the_result_counts(package, old, new):
    before = fresh_digest()
    edited(package / "steps" / "make.py", old, new)
    assert fresh_digest() != before


def test_a_module_counts_where_it_is_imported_or_chosen(package):
    without, chosen = fresh_digest(), fresh_digest("ablate.chosen")
    (package / "chosen.py").write_text("A = 2\n")
    assert fresh_digest() == without
    assert fresh_digest("ablate.chosen") != chosen
    edited(package / "other.py", "x + 1", "x + 2")
    assert fresh_digest() != without


def test_a_file_beside_a_module_counts_if_it_is_named(package):
    before = fresh_digest()
    for name in (".make.py.swp", "make.py~", "README.md", "4913"):
        (package / "steps" / name).write_text("of an editor")
    assert fresh_digest() == before
    (package / "steps" / "plain.css").write_text("c {} /* @import 'base.css' */")
    changed = fresh_digest()
    assert changed != before
    (package / "steps" / "base.css").write_text("d {}")
    assert fresh_digest() != changed


def test_what_carries_a_job_does_not_count(package):
    edited(package / "other.py", "def f", "from ablate.errors import M\n\n\ndef f")
    before = fresh_digest()
    (package / "errors.py").write_text("M = 'another message'\n")
    assert fresh_digest() == before


def test_a_job_proves_that_it_runs_what_was_planned(package):
    planned = fresh_digest()
    proof(planned).begin()
    edited(package / "other.py", "x + 1", "x + 2")
    forget()
    with pytest.raises(AblateError, match="was changed since this build was planned"):
        proof(planned).begin()


def proof(planned: str) -> Proof:
    """Of a process that begins now."""
    begun = Proof(planned, "ablate.steps.make")
    begun.began = time.time() + 1
    return begun


def test_a_change_that_is_undone_is_noticed_if_it_may_have_been_loaded(package, monkeypatch):
    planned = fresh_digest()
    early, late = proof(planned), proof(planned)
    early.early, late.early = {"ablate.other"}, set()
    early.began = late.began = (package / "other.py").stat().st_mtime - 1
    with pytest.raises(AblateError, match="while this job started"):
        early.begin()
    late.begin()
    monkeypatch.setitem(sys.modules, "ablate.other", None)
    with pytest.raises(AblateError, match="while this job ran"):
        late.end()


def test_a_change_that_a_copy_of_the_old_file_undoes_is_noticed(package, tmp_path):
    source, kept = package / "other.py", tmp_path / "kept.py"
    os.utime(source, (1, 1))
    planned = fresh_digest()
    started = proof(planned)
    started.began, started.early = source.stat().st_ctime, {"ablate.other"}
    started.begin()
    shutil.copy2(source, kept)
    time.sleep(0.02)
    edited(source, "x + 1", "x + 2")
    shutil.copy2(kept, source)
    assert source.stat().st_mtime == 1
    with pytest.raises(AblateError, match="while this job started"):
        started.begin()


def test_a_training_depends_on_what_computes_and_no_model_until_one_is_chosen():
    modules = code.closure(*COMPUTES)
    assert "ablate.training.step" in modules
    rooms = {name.split(".")[1] for name in modules if "." in name}
    assert rooms <= {"training", "models", "augmentation", "observers", "data", "named"}
    assert not modules & {
        "ablate.models.vgg",
        "ablate.models.resnet",
        "ablate.observers.line_probe",
    }
    assert not any(name.startswith("ablate.augmentation.random") for name in modules)


def test_all_of_training_that_a_job_uses_counts():
    """Nothing that decides the bits slips past the digest by way of the job that carries it."""
    job = [f"ablate.job.{file.stem}" for file in (ROOT / "ablate" / "job").glob("[a-z]*.py")]
    used = {name for module in job for name in code._imports(module)}
    training = {name for name in used if name.startswith("ablate.training.")}
    files = {name for name in training if code.source(name) is not None}
    assert files <= code.closure(*COMPUTES)


def test_tables_and_metrics_depend_on_no_training():
    for step in ("ablate.steps.table", "ablate.steps.metrics", "ablate.steps.figure"):
        assert not any(name.startswith("ablate.training") for name in code.closure(step))


def test_what_snakemake_loads_is_light():
    """The Snakefile's imports load neither torch nor pandas nor matplotlib."""
    heavy = "{'torch', 'pandas', 'matplotlib', 'scipy', 'torchvision'}"
    names = ("agenda", "menu", "devices")
    modules = ", ".join(f"ablate.building.{name}" for name in names)
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, {modules}; print(sorted({heavy} & set(sys.modules)))"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert done.stdout.strip() == "[]"


def test_another_python_reads_the_same_code_as_the_same():
    # As Python 3.11 writes it. 3.12 adds `type_params=[]`, 3.13 leaves every empty list out.
    args = "arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])"
    written = (
        f"Module(body=[FunctionDef(name='f', args={args}, body=[Pass()], decorator_list=[]), "
        "ClassDef(name='A', bases=[], keywords=[], body=[Pass()], decorator_list=[])], "
        "type_ignores=[])"
    )
    assert bare.written(ast.parse("def f(): pass\nclass A: pass")) == written


def test_what_was_found_by_other_rules_is_not_believed(package, tmp_path, monkeypatch):
    # Else jobs, which remember nothing, would never compute with what was planned.
    monkeypatch.setattr(code, "_known", {})
    expected, memory = fresh_digest(), tmp_path / "code.json"
    memory.write_text(json.dumps({text: ["other", [], []] for text in code._known}))
    monkeypatch.setattr(code, "_known", {})
    monkeypatch.setattr(code, "RULES", code.RULES + b"changed")
    code.recall(memory)
    assert fresh_digest() == expected
