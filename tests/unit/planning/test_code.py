"""What counts as a change of code, and where it counts."""

import subprocess
import sys
from pathlib import Path

import pytest

from ablate.planning import code

ROOT = Path(code.__file__).parents[2]


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A copy of what a digest reads: a tiny package of this name."""
    folder = tmp_path / "ablate"
    (folder / "steps").mkdir(parents=True)
    (folder / "__init__.py").write_text('"""Package."""\n')
    (folder / "steps" / "__init__.py").write_text('"""Steps."""\n')
    (folder / "steps" / "make.py").write_text(
        "from ablate.other import f\n\n\ndef main():\n    return f(1)\n"
    )
    (folder / "other.py").write_text('def f(x):\n    """Say."""\n    return x + 1\n')
    (folder / "chosen.py").write_text("A = 1\n")
    (folder / "apart.py").write_text("B = 1\n")
    monkeypatch.setattr(code, "ROOT", tmp_path)
    return folder


def fresh_digest(*chosen: str) -> str:
    for cached in (code.source, code._digest, code._found, code._imports, code._beside):
        cached.cache_clear()
    return code.digest("ablate.steps.make", chosen)


def test_comments_docstrings_and_layout_do_not_count(package):
    before = fresh_digest()
    (package / "other.py").write_text(
        '# why\ndef f( x ):\n    """Say it otherwise."""\n\n    return (x+1)\n'
    )
    assert fresh_digest() == before


def test_what_is_computed_counts(package):
    before = fresh_digest()
    (package / "other.py").write_text("def f(x):\n    return x + 2\n")
    assert fresh_digest() != before


def test_a_module_that_is_not_imported_does_not_count(package):
    before = fresh_digest()
    (package / "apart.py").write_text("B = 2\n")
    assert fresh_digest() == before


def test_a_chosen_module_counts_where_it_is_chosen(package):
    without, chosen = fresh_digest(), fresh_digest("ablate.chosen")
    (package / "chosen.py").write_text("A = 2\n")
    assert fresh_digest() == without
    assert fresh_digest("ablate.chosen") != chosen


def test_a_data_file_beside_a_module_counts(package):
    (package / "steps" / "page.css").write_text("a {}")
    before = fresh_digest()
    (package / "steps" / "page.css").write_text("b {}")
    assert fresh_digest() != before


def test_training_depends_on_no_model_until_one_is_chosen():
    modules = code.closure("ablate.steps.train")
    assert "ablate.training.loop" in modules
    assert not modules & {
        "ablate.models.vgg",
        "ablate.models.resnet",
        "ablate.observers.line_probe",
    }
    assert not any(
        name.startswith(("ablate.augmentation.random", "ablate.figures")) for name in modules
    )


def test_tables_and_metrics_depend_on_no_training():
    for step in ("ablate.steps.table", "ablate.steps.metrics", "ablate.steps.figure"):
        assert not any(name.startswith("ablate.training") for name in code.closure(step))


def test_what_snakemake_loads_is_light():
    """The Snakefile's imports load neither torch nor pandas nor matplotlib."""
    heavy = "{'torch', 'pandas', 'matplotlib', 'scipy', 'torchvision'}"
    names = ("plan", "products", "staleness", "code", "menu", "requests", "devices")
    modules = ", ".join(f"ablate.planning.{name}" for name in names)
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, {modules}; print(sorted({heavy} & set(sys.modules)))"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert done.stdout.strip() == "[]"
