"""The rules as text: what each reads and runs, and who may touch Snakemake's internals."""

import ast
import re
import tokenize
from pathlib import Path

import pytest

RULES = Path(__file__).parents[2] / "workflow" / "rules"
INTERNALS = RULES / "internals.smk"
# What Snakemake documents for users.
PUBLIC = {"snakemake.utils"}
RULE = re.compile(r"^(?:rule|checkpoint) (\w+):\n(.*?)(?=^\S|\Z)", re.M | re.S)
WRITTEN = {
    name: body for file in RULES.glob("*.smk") for name, body in RULE.findall(file.read_text())
}


def names(file: Path) -> set[str]:
    """The words of a file that are code."""
    with file.open("rb") as opened:
        tokens = tokenize.tokenize(opened.readline)
        return {token.string for token in tokens if token.type == tokenize.NAME}


def test_one_file_touches_snakemakes_internals_and_comes_first():
    assert {file.name for file in RULES.glob("*.smk") if "workflow" in names(file)} == {
        INTERNALS.name
    }
    text = (RULES.parents[1] / "Snakefile").read_text()
    assert text.startswith(f'include: "workflow/rules/{INTERNALS.name}"\n')
    assert "min_version" in names(INTERNALS)


@pytest.mark.parametrize("file", sorted(RULES.glob("*.smk")), ids=lambda file: file.name)
def test_the_others_import_what_snakemake_documents(file):
    imported = set(re.findall(r"^(?:from|import) (snakemake[\w.]*)", file.read_text(), re.M))
    assert file == INTERNALS or imported <= PUBLIC


@pytest.mark.parametrize("rule", WRITTEN)
def test_a_rule_shows_what_it_reads_and_which_program_runs(rule):
    body = WRITTEN[rule]
    if "inputs_of(" in body:
        assert re.search(r"^ +# .+\n +(?:\w+=)?inputs_of\(", body, re.M)
    [program] = re.findall(r'"\{params\.python\} (ablate\.steps\.\w+) --request', body)
    file = RULES.parent / f"{program.replace('.', '/')}.py"
    assert ast.get_docstring(ast.parse(file.read_text()))
