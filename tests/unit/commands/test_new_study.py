"""`ablate new-study` adds a block and leaves the rest of the file as it is."""

from pathlib import Path

import pytest

from ablate import cli
from ablate.planning.plan import Plan
from ablate.settings import layers, written

ROOT = Path(__file__).parents[3]


def without_block(text: str, before: str) -> bool:
    """Whether `text` is `before` with whole lines put in at one place."""
    new, old = text.splitlines(keepends=True), before.splitlines(keepends=True)
    start = next((i for i, (a, b) in enumerate(zip(new, old, strict=False)) if a != b), len(old))
    return new[:start] + new[start + len(new) - len(old) :] == old


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_all_else_stays_byte_for_byte(here, capsys, newline):
    path = here / "config.yaml"
    before = path.read_text().replace("\n", newline)
    path.write_bytes(before.encode())
    assert cli.main(["new-study", "mine", "--config", "preset=demo"]) == 0
    after = path.read_bytes().decode()
    assert without_block(after, before)
    assert after.count(newline) == after.count("\n")
    plan = Plan(written.read(path))
    assert list(plan.studies)[-1] == "mine"
    assert list(plan.studies["mine"].rows) == ["control", "changed"]
    said = capsys.readouterr().out
    assert "snakemake --cores 1 results/demo/tables/mine.csv --config preset=demo" in said


@pytest.mark.parametrize("like", [*written.read(ROOT / "config.yaml")["studies"]])
def test_like_another_it_has_its_rows_and_nothing_reported(here, like):
    assert cli.main(["new-study", "mine", "--like", like, "--file", "studies/mine.yaml"]) == 0
    assert (here / "config.yaml").read_bytes() == (ROOT / "config.yaml").read_bytes()
    files = (here / "config.yaml", here / "studies/mine.yaml")
    plan = Plan(layers.laid(*map(written.read, files)))
    mine, other = plan.studies["mine"], plan.studies[like]
    runs = [[row.training.run.name for row in each.rows.values()] for each in (mine, other)]
    assert runs[0] == runs[1]
    assert all(row.written.reported is None for row in mine.rows.values())
    assert not mine.written.claims


@pytest.mark.parametrize("file", ["mine.yaml", "theirs.yaml"])
def test_the_command_has_every_config_file_in_one_option(here, capsys, file):
    (here / "theirs.yaml").write_text("seeds: [1]\n")
    given = ["--configfile", "theirs.yaml", "--config", "preset=demo"]
    assert cli.main(["new-study", "mine", "--file", file, *given]) == 0
    files = " ".join(dict.fromkeys(["theirs.yaml", file]))
    assert capsys.readouterr().out.endswith(
        f"results/demo/tables/mine.csv --configfile {files} --config preset=demo\n"
    )


def test_many_seeds_of_another_study_come_in_ranges(here):
    path = here / "config.yaml"
    path.write_text(
        "presets: {paper: {}}\nseeds: [0]\n"
        "recipes: {r: {model: {name: resnet18}, optimizer: {name: SGD, lr: 0.1}}}\n"
        "studies:\n"
        "  other: {title: Other, recipe: r, seeds: [0-19], rows: {x: {seeds: [0-9, 20-29]}}}\n"
    )
    assert cli.main(["new-study", "mine", "--like", "other"]) == 0
    text = path.read_text()
    assert "seeds: [0-19]\n" in text.partition("mine:")[2]
    assert "{seeds: [0-9, 20-29]}" in text.partition("mine:")[2]
    studies = Plan(written.read(path)).studies
    seeds = [studies[name].written.seeds for name in ("mine", "other")]
    assert seeds == [[*range(20)]] * 2


@pytest.mark.parametrize(
    ("config", "above"),
    [
        ("studies: # all\n  a: {title: A, recipe: r, rows: {x: {}}}\n# end\nseeds: [0]\n", "  a: "),
        ("seeds: [0]\nstudies:\n    a: {title: A, recipe: r, rows: {x: {}}}", "    a: "),
    ],
)
def test_the_block_stands_at_the_end_of_the_studies(here, config, above):
    recipes = "recipes: {r: {model: {name: resnet18}, optimizer: {name: SGD, lr: 0.1}}}\n"
    path = here / "config.yaml"
    path.write_text("presets: {paper: {}}\n" + recipes + config)
    assert cli.main(["new-study", "mine"]) == 0
    lines = path.read_text().splitlines()
    place = next(i for i, line in enumerate(lines) if line.strip() == "mine:")
    assert lines[place - 1].startswith(above)
    assert "mine" in written.read(path)["studies"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["stem"], "there is a study 'stem' already"),
        (["Mine"], "a study's name may hold a-z"),
        (["mine", "--like", "stme"], "did you mean 'stem'?"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_written(here, capsys, arguments, said):
    before = (here / "config.yaml").read_bytes()
    assert cli.main(["new-study", *arguments]) == 1
    assert said in capsys.readouterr().err
    assert (here / "config.yaml").read_bytes() == before


def test_studies_in_braces_cannot_take_a_block(here, capsys):
    (here / "braces.yaml").write_text("studies: {}\n")
    assert cli.main(["new-study", "mine", "--file", "braces.yaml"]) == 1
    assert "not written as a block" in capsys.readouterr().err
    assert (here / "braces.yaml").read_text() == "studies: {}\n"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read: Is a directory"),
        (b"studies: [1\n", "line 2: did not find expected"),
        (b"a: \xe9", "not UTF-8 text"),
        (b"- a\n", "found a list"),
    ],
)
def test_a_file_that_takes_no_block_is_one_message(here, capsys, content, says):
    file = here / "mine.yaml"
    file.mkdir() if content is None else file.write_bytes(content)
    assert cli.main(["new-study", "mine", "--file", "mine.yaml"]) == 1
    assert f"error: mine.yaml: {says}" in capsys.readouterr().err
    assert content is None or file.read_bytes() == content


@pytest.mark.parametrize("content", ["", "# mine\n"])
def test_a_file_that_says_nothing_takes_one(here, content):
    (here / "mine.yaml").write_text(content)
    assert cli.main(["new-study", "mine", "--file", "mine.yaml"]) == 0
    assert [*written.read(here / "mine.yaml")["studies"]] == ["mine"]
