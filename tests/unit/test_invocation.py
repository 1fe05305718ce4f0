"""Commands in messages mean the config that the user meant."""

import ast
import re
from pathlib import Path

import pytest

from ablate import invocation


@pytest.fixture(autouse=True)
def _as_before(monkeypatch):
    monkeypatch.setenv(invocation.VARIABLE, "")


def test_a_command_has_nothing_more_where_nothing_was_given():
    invocation.note([], [])
    assert invocation.snakemake("a.csv") == "snakemake --cores 1 a.csv"


def test_a_command_carries_config_files_and_settings_behind_its_targets(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    # Snakemake gives absolute paths, whatever was written.
    invocation.note([tmp_path / "my file.yaml", "b.yaml"], ["preset=demo", "seeds=[0, 1]"])
    given = "--configfile 'my file.yaml' b.yaml --config preset=demo 'seeds=[0, 1]'"
    assert invocation.snakemake("a.csv") == f"snakemake --cores 1 a.csv {given}"
    assert invocation.ablate("prune", "--remove") == f"ablate prune --remove {given}"


LIBRARY = Path(invocation.__file__).parent
MAKEFILE = LIBRARY.parents[1] / "Makefile"
# The cure is an option to add to the command that was given.
ADDING = "to pack the images again, add `-R pack` to the snakemake command"


def texts(file: Path) -> list[str]:
    """All texts of a module but its docstrings."""
    tree = ast.parse(file.read_text())
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return [
        node.value
        for node in constants
        if isinstance(node.value, str) and id(node) not in docstrings
    ]


def bare_commands(texts: list[str]) -> list[str]:
    """The texts that name a command, whoever may have given which config files and settings."""
    ours = re.findall(r'_command\(commands, "([a-z-]+)"', (LIBRARY / "cli.py").read_text())
    made = re.findall(r"^([a-z-]+):", MAKEFILE.read_text(), re.MULTILINE)
    assert {"status", "new-study"} <= {*ours}
    assert {"report", "demo"} <= {*made}
    command = rf"(?<!\.)\bsnakemake\b|\bablate ({'|'.join(ours)})\b|`make ({'|'.join(made)})\b"
    # The word alone is what is started, or what a process is known by.
    return [text for text in texts if text != "snakemake" and re.search(command, text)]


@pytest.mark.parametrize(
    "said",
    [
        "run snakemake again",
        "you can run snakemake",
        "`ablate status` lists them",
        "see `make report`",
    ],
)
def test_a_bare_command_is_found(said):
    assert bare_commands([said, "a .snakemake/locks of ablate"]) == [said]


def test_no_message_names_a_command_without_the_users_config():
    found = {
        str(file.relative_to(LIBRARY)): bare_commands(texts(file))
        for file in sorted(LIBRARY.rglob("*.py"))
    }
    bare = {name: said for name, said in found.items() if said}
    assert bare.pop("data/manifest.py") == [ADDING]
    assert bare == {}


def test_no_rule_and_no_page_names_a_command_without_the_users_config():
    workflow = LIBRARY.parent
    files = [
        *workflow.glob("rules/*.smk"),
        *LIBRARY.glob("report/*.jinja"),
        MAKEFILE.parent / "Snakefile",
    ]
    files += (MAKEFILE.parent / "report").glob("**/*.rst")
    for file in files:
        lines = file.read_text().splitlines()
        said = [line for line in lines if not line.lstrip().startswith("#")]
        assert [
            s for s in bare_commands(said) if not re.search(r"snakemake[.\"]|from snakemake", s)
        ] == []
