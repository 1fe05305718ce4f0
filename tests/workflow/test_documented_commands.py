"""Every command in README.md and docs/ is run as it is written there.

What would take minutes is only planned: a build of Snakemake's gets `-n` added, a make target is
shown with `make -n`. A block of YAML that comes before a command is there when it runs: a file if
its first line names one (`# mine.yaml`), else a part of config.yaml's studies.
"""

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from ministudy import RESULTS
from project import ROOT, Project

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
PROGRAMS = ("snakemake", "ablate", "make", "python", "source")
INLINE = re.compile(rf"`((?:{'|'.join(PROGRAMS)})(?: [^`\n]+)?)`")
# Variables set for the one command.
SET = re.compile(r"^(\w+=\S* )+")
# What a reader puts in: a results folder of another time or place.
PLACEHOLDERS = {"DIR": "elsewhere", "NAME": "my_study"}
# What asks for finished results.
OF_RESULTS = ("ablate compare", "ablate advise", "ablate verify")
# What cannot be tried here, and why.
NOT_RUN = {
    "source .venv/bin/activate": "the tests run in an environment that is active already",
    "python tests/workflow/kill.py": "takes 20 minutes; test_kill.py runs it in short",
    "make slurm": "installs packages",
    "snakemake --profile profiles/slurm --sdm conda": "needs conda; test_conda.py has a stand-in",
    "nvidia-smi": "comes with a GPU's driver",
    "nsys": "needs a GPU and its profiler",
    "kubectl": "needs a Kubernetes; unit/test_kubernetes.py reads the file",
    "snakesee": "another project's program, in an environment of its own",
}


@dataclass
class Command:
    """A line of a block, and the blocks of YAML and Python that stand before it in its section."""

    page: str
    line: str
    prepared: list[str] = field(default_factory=list)
    expected: str = ""

    def __str__(self) -> str:
        return f"{self.page}: {self.line}"


def commands() -> list[Command]:
    """All commands of all pages, in order."""
    return [command for page in PAGES for command in of_page(page)]


def of_page(page: Path) -> list[Command]:
    found = []
    for section in re.split(r"^## ", page.read_text(), flags=re.M):
        prepared = []
        for language, text in BLOCK.findall(section):
            if language in ("yaml", "python"):
                prepared.append(text)
            elif language == "console":
                line, _, output = text.partition("\n")
                found.append(Command(page.name, line.removeprefix("$ "), [*prepared], output))
            elif language == "sh":
                lines = text.replace("\\\n", "").splitlines()
                found += [
                    Command(page.name, line, [*prepared])
                    for line in (re.sub(r"\s+#.*", "", each) for each in lines)
                    if line
                ]
    return found


def shortened(line: str) -> str:
    """The command as it is run here."""
    for placeholder, instead in PLACEHOLDERS.items():
        line = re.sub(rf"\b{placeholder}\b", instead, line)
    if SET.sub("", line).startswith("make"):
        return re.sub(r"\bmake\b", "make -n", line, count=1)
    if line.startswith("snakemake") and not re.search(r" (-n|--report|--unlock)\b", line):
        return re.sub(r"^snakemake\b", "snakemake -n", line)
    return line


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project as a clone has it, nothing built."""
    project = Project.fresh(tmp_path_factory.mktemp("documented") / "project")
    for file in ("Makefile", "pyproject.toml"):
        shutil.copy2(ROOT / file, project.root)
    # As installed, so that `make -n` has nothing to say of the environment.
    (project.root / ".venv").symlink_to(ROOT / ".venv")
    return project


@pytest.fixture(scope="module")
def built(mini, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A small study, built with its figures and pages."""
    copy = mini.project.copy(tmp_path_factory.mktemp("documented") / "built")
    copy.snakemake()
    return copy


def prepare(root: Path, blocks: list[str]) -> None:
    """Put blocks where the page says they belong."""
    for text in blocks:
        named = re.match(r"# ([\w/.-]+\.yaml|extensions/\w+\.py)\n", text)
        if named:
            (root / named[1]).parent.mkdir(exist_ok=True)
            (root / named[1]).write_text(text)
        elif text.startswith("  "):
            config = root / "config.yaml"
            study = text.partition(":")[0]
            if f"\n{study}:" not in config.read_text():
                config.write_text(
                    config.read_text().replace("\nstudies:\n", f"\nstudies:\n{text}\n")
                )


@pytest.mark.parametrize("command", commands(), ids=str)
def test_a_documented_command_runs(command, clone, request):
    if any(SET.sub("", command.line).startswith(start) for start in NOT_RUN):
        return
    if "profiles/slurm" in command.line:
        pytest.importorskip("snakemake_executor_plugin_slurm", reason="`make slurm` installs it")
    project = clone
    if " --report " in command.line or command.line.startswith(OF_RESULTS):
        project = request.getfixturevalue("built")
        shutil.copytree(project.root / RESULTS, project.root / "elsewhere", dirs_exist_ok=True)
    prepare(project.root, command.prepared)
    done = project.shell(shortened(command.line))
    if command.expected:
        assert command.expected.strip() in done.stdout
    else:
        assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("command", ["--unlock", "--dag", "--summary", "--report report.html"])
def test_what_snakemake_tells_of_a_build_needs_no_cores(built, command):
    done = built.shell(f"snakemake {command}")
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_blocks_of_commands_are_marked_as_such(page):
    for language, text in BLOCK.findall(page.read_text()):
        assert language or not re.match(rf"(\$ )?({'|'.join(PROGRAMS)}) ", text), text


def test_commands_named_in_sentences_exist(clone):
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M)
    help_text = clone.shell("ablate --help").stdout
    for page in PAGES:
        for line in INLINE.findall(page.read_text()):
            program, *words = line.split()
            if program == "make" and words:
                assert words[0] in targets, f"{page.name}: {line}"
            if program == "ablate" and words:
                assert re.search(rf"\n    {words[0]}\s", help_text), f"{page.name}: {line}"
