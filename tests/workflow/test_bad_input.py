"""Bad input ends Snakemake with one message, builds nothing and runs nothing."""

import os
import re
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image
from project import Project

# What Snakemake says of itself before it reads a Snakefile.
NOTICES = ("Using workflow specific profile", "Config file config.yaml is extended")


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Project:
    return Project.fresh(tmp_path_factory.mktemp("bad") / "project")


@pytest.fixture
def overlay(tmp_path):
    """A function that writes an overlay and gives the option that names it."""

    def write(text: str) -> tuple[str, str]:
        path = tmp_path / "overlay.yaml"
        path.write_text(text)
        return "--configfile", str(path)

    return write


def refused(project: Project, *arguments: str, **environment: str) -> list[str]:
    """The lines that Snakemake ends with; nothing may have been built."""
    done = project.snakemake(*arguments, check=False, **environment)
    assert done.returncode != 0
    assert not (project.root / "results").exists()
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    return [line for line in lines if not line.startswith(NOTICES)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("figures: {curvs: {title: x}}", "figures: unknown figure 'curvs'; did you mean 'curves'?"),
        ("threads: 1\nthreads: 2", "OVERLAY: line 2: duplicate key 'threads', first in line 1"),
    ],
)
def test_a_bad_overlay_gets_one_message(project, overlay, text, says):
    option = overlay(text)
    (line,) = refused(project, *option)
    assert line.startswith(f"error in the config: {says.replace('OVERLAY', option[1])}")


def test_a_mistyped_target_gets_the_nearest_name(project):
    wrong = "results/demo/tables/activaton.csv"
    (line,) = refused(project, wrong, "--config", "preset=demo")
    meant = "results/demo/tables/activation.csv"
    assert line == f"error: unknown target {wrong!r}; did you mean {meant!r}?"


def test_an_overlay_is_read_in_yaml_1_2(project, overlay):
    row = "on: {set: {optimizer.lr: 1e-3, batch_size: 0o17}}"
    option = overlay(f"studies: {{activation: {{rows: {{{row}}}}}}}\nseeds: [012]\n")
    done = project.snakemake("-n", *option, "--config", "preset=demo")
    assert re.search(
        r"run=resnet34-width=0.125-lr=0.001-.*batch_size=4-\w+, seed=12$", done.stdout, re.M
    )


def test_a_bad_value_on_the_command_line_gets_one_message(project):
    (line,) = refused(project, "--config", "preset=demo", "seeds=[0,1,0]", "deterministic=true")
    assert line == "error in the config: seeds: found 0 more than once; list each seed once"


def test_no_cores_are_refused_and_not_waited_for(project):
    said = refused(project, "--config", "preset=demo", "--cores", "0")
    assert said[-1] == "error: --cores 0 leaves nothing to build with; give 1 at least"


@pytest.mark.parametrize(
    "arguments", [("-n", "--workflow-profile", "none"), ("-n", "--rerun-triggers", "code")]
)
def test_triggers_that_do_not_know_the_records_are_refused(project, arguments):
    (*_, line) = refused(project, *arguments, "--config", "preset=demo")
    assert line.startswith("error: ")
    assert "give --rerun-triggers mtime" in line


def test_an_overlay_that_is_no_yaml_is_snakemakes_own_to_refuse(project, overlay):
    kind, line = refused(project, *overlay("a: [1\n"))
    assert kind == "WorkflowError:"
    assert line.startswith("Config file is not valid JSON or YAML.")


LEVELS = [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 10)]
BOMB = "\n".join(["a0: &a0 {x: 1}", *LEVELS])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("preset: demo\nstudies: {a: [1\n", "line 3: did not find expected ',' or ']'"),
        (
            "__use_yte__: true\nseeds: ?[open('ran', 'w')]\n",
            "__use_yte__ would have its expressions",
        ),
        # Copied before it is counted, this takes minutes and all memory.
        (BOMB, "a5: more than 100,000 values"),
    ],
)
def test_config_yaml_is_refused_before_snakemake_reads_it(tmp_path, text, says):
    project = Project.fresh(tmp_path / "project")
    (project.root / "config.yaml").write_text(text)
    (line,) = refused(project, "-n")
    assert line.startswith(f"error in the config: config.yaml: {says}")
    assert not (project.root / "ran").exists()


def test_a_dry_run_leaves_nothing_behind(project):
    done = project.snakemake("-n", "--config", "preset=demo", "seeds=[0,1]")
    assert len(re.findall(r"seed=1$", done.stdout, re.M)) > 80
    assert not (project.root / "results").exists()
    assert list((project.root / ".snakemake").glob("outdated*")) == []


# A storage plugin, enough of one for Snakemake to begin.
BUCKET = """
from snakemake_interface_storage_plugins.storage_object import StorageObjectRead, StorageObjectWrite
from snakemake_interface_storage_plugins.storage_provider import StorageProviderBase

class StorageProvider(StorageProviderBase):
    def use_rate_limiter(self):
        return False

StorageProvider.__abstractmethods__ = frozenset()

class StorageObject(StorageObjectRead, StorageObjectWrite):
    pass
"""


def test_a_bucket_is_refused_in_one_sentence(project, tmp_path):
    plugin = tmp_path / "snakemake_storage_plugin_bucket" / "__init__.py"
    plugin.parent.mkdir()
    plugin.write_text(BUCKET)
    bucket = ("--default-storage-provider", "bucket", "--default-storage-prefix", "bucket://mine")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    (line,) = refused(project, *bucket, "--config", "preset=demo", PYTHONPATH=path)
    assert line == (
        "error: ablate's results are a folder that all jobs share; they cannot be in a bucket "
        "(--default-storage-provider) yet: docs/cluster.md"
    )


HOSTILE = (
    "{__import__('os').system('touch ran')} $(touch ran) `touch ran` '; touch ran; ' \" {x} "
    "{wildcards.run} {{ x }} {% raw %} %s <script>touch</script> $x$ \\alpha_$ 5$ | & é"
)
FOLDER = 'it\'s $(touch ran); touch ran & "more"'


def images(root: Path) -> None:
    """Eight pictures of each of two classes, to train and to test on."""
    for part in ("train", "test"):
        for name in ("a cat's", "$(touch ran)"):
            (root / part / name).mkdir(parents=True)
            for i in range(8):
                pixels = np.random.default_rng(i).integers(0, 256, (32, 32, 3), dtype=np.uint8)
                Image.fromarray(pixels).save(root / part / name / f"{i}.png")


def test_nothing_that_a_config_says_is_run_however_it_is_spelled(tmp_path):
    """Through the shell, Python's format, Snakemake's wildcards, Jinja, HTML and formulas."""
    project = Project.fresh(tmp_path / FOLDER)
    images(project.root / FOLDER)
    config = {
        "preset": "tiny",
        "presets": {"tiny": {"note": HOSTILE}},
        "results": FOLDER + " results",
        "device": "cpu",
        "data": {"source": "folder", "path": FOLDER, "name": "pets $(touch ran)"},
        "recipes": {
            "tiny": {
                "model": {"name": "vgg_a", "width": 0.0625},
                "schedule": None,
                "batch_size": 8,
                "epochs": 1,
            }
        },
        "studies": {
            "mine": {
                "title": HOSTILE,
                "section": HOSTILE,
                "question": HOSTILE,
                "recipe": "tiny",
                "rows": {"plain": {"label": HOSTILE, "control": True}},
            }
        },
        "figures": {
            "curves": {"title": HOSTILE, "caption": HOSTILE, "runs": {HOSTILE: "mine/plain"}}
        },
    }
    (project.root / "config.yaml").write_text(yaml.safe_dump(config, allow_unicode=True))
    results = Path(config["results"], "tiny")
    targets = [str(results / "report" / "index.html"), str(results / "figures" / "curves.png")]
    project.snakemake(*targets)
    project.snakemake(*targets, "--report", "report.html")
    assert [*tmp_path.rglob("ran")] == []
    page = (project.root / targets[0]).read_text()
    assert "<script>touch" not in page
    assert "touch ran" in page
