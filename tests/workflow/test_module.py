"""ablate as a module of another workflow: its config, its paths, its environment."""

import os
import subprocess
import sys
from pathlib import Path

import ministudy
import pytest
import yaml
from project import Project

IMPORTER = """
configfile: "study.yaml"

module ablate:
    snakefile: "{snakefile}"
    config: config["ablate"]

use rule * from ablate as ablate_*

rule mine:
    input:
        "somewhere/mini/data/manifest.json",
    output:
        "mine.txt",
    default_target: True
    threads: 2
    shell:
        "printenv PYTHONPATH OMP_NUM_THREADS > {{output}} || true; cat {{input}} >> {{output}}"
"""


@pytest.fixture
def importer(tmp_path):
    """Another workflow, in another folder than ablate's."""
    elsewhere = Project.fresh(tmp_path / "ablate")
    root = tmp_path / "importer"
    root.mkdir()
    (root / "Snakefile").write_text(IMPORTER.format(snakefile=elsewhere.root / "Snakefile"))
    study = {**yaml.safe_load(ministudy.CONFIG), "results": "somewhere"}
    (root / "study.yaml").write_text(yaml.safe_dump({"ablate": study}))
    return root


# The modules that an installed ablate adds are as good as not there.
UNINSTALLED = """
import sys
sys.meta_path = [finder for finder in sys.meta_path if "editable" not in repr(finder).lower()]
sys.path[:] = [path for path in sys.path if not path.rstrip("/").endswith("/workflow")]
from snakemake.cli import main
main()
"""


def snakemake(root: Path, *arguments: str, triggers: str = "mtime") -> str:
    """What Snakemake says in `root`, after its exit status; no ablate is installed for it."""
    left_out = ("PYTHONPATH", "OMP_NUM_THREADS")
    command = [sys.executable, "-P", "-c", UNINSTALLED, "--cores", "2"]
    done = subprocess.run(
        [*command, *arguments, "--rerun-triggers", triggers],
        cwd=root,
        env={name: value for name, value in os.environ.items() if name not in left_out},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return f"{done.returncode}\n{done.stdout}"


def test_a_rule_of_the_importer_uses_what_ablate_makes_and_keeps_its_own_environment(importer):
    said = snakemake(importer)
    assert said.startswith("0\n"), said
    manifest = (importer / "somewhere/mini/data/manifest.json").read_text()
    # Snakemake itself says how many threads a rule may use; PYTHONPATH is nobody's.
    assert (importer / "mine.txt").read_text() == f"2\n{manifest}"
    assert "Nothing to be done" in snakemake(importer)
    # The importer's config is the whole: its two runs, and nothing of the report.
    plan = snakemake(importer, "-n", "ablate_all")
    assert plan.count("rule ablate_train:") == 2
    assert "somewhere/mini/tables/with_bn.csv" in plan


def test_without_a_config_it_is_the_one_beside_ablates_snakefile(importer):
    text = (importer / "Snakefile").read_text()
    (importer / "Snakefile").write_text(text.replace('    config: config["ablate"]\n', ""))
    assert snakemake(importer, "-n", "ablate_all").count("rule ablate_train:") == 94


def test_triggers_that_do_not_know_the_records_are_refused_for_what_ablate_makes(importer):
    rule = (
        '\nrule alone:\n    output:\n        "alone.txt",\n    shell:\n        "touch {output}"\n'
    )
    file = importer / "Snakefile"
    file.write_text(file.read_text() + rule)
    assert snakemake(importer, "alone.txt", triggers="code").startswith("0\n")
    said = snakemake(importer, triggers="code")
    assert said.startswith("1\n")
    assert "give --rerun-triggers mtime" in said
    assert "Traceback" not in said


def test_a_prefix_is_refused_in_a_sentence(importer):
    text = (importer / "Snakefile").read_text()
    (importer / "Snakefile").write_text(
        text.replace("    config: config", '    prefix: "part/"\n    config: config')
    )
    said = snakemake(importer, "-n")
    assert said.startswith("1\n")
    assert "error: a module's `prefix:` cannot move ablate's results" in said
    assert "Traceback" not in said
