"""Config files are read strictly: one message with the file and the line, and nothing is run."""

import json
import time
from pathlib import Path

import pytest
import yaml

from ablate.errors import AblateError
from ablate.settings import written

ROOT = Path(__file__).parents[3]


@pytest.fixture
def file(tmp_path):
    """A function that writes a config file, text or bytes."""

    def write(content: str | bytes) -> Path:
        path = tmp_path / "config.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def refusal(path: Path) -> str:
    with pytest.raises(AblateError) as caught:
        written.read(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert len(message.splitlines()) == 1
    return message.removeprefix(f"{path}: ")


def test_config_yaml_is_read_as_yaml_reads_it():
    text = (ROOT / "config.yaml").read_text()
    assert written.read(ROOT / "config.yaml") == yaml.safe_load(text)


def test_json_is_read_too(file):
    config = {"seeds": [0, 1], "data": {"holdout": 0.1}, "note": "é"}
    assert written.read(file(json.dumps(config, indent="\t"))) == config


def test_anchors_and_merge_keys_work_and_may_be_overridden(file):
    text = "a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: [*a, *a]\n"
    assert written.read(file(text)) == {
        "a": {"x": 1, "y": 2},
        "b": {"x": 1, "y": 3},
        "c": [{"x": 1, "y": 2}] * 2,
    }


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "rows:\n  elu: 1\n  relu: 2\n  elu: 3\n",
            "line 4: duplicate key 'elu', first in line 2",
        ),
        ("a: {b: 1, b: 1}", "line 1: duplicate key 'b', first in line 1"),
        ("16: a", 'line 1: found the key 16, which YAML reads as a number: write "16", in quotes'),
        ("a:\n  012: b", 'line 2: found the key 012, which YAML reads as a number: write "012"'),
        ("1e-3: a", 'line 1: found the key 1e-3, which YAML reads as a number: write "1e-3"'),
        ("True: a", 'line 1: found the key True, which YAML reads as true or false: write "True"'),
        ("~: a", 'line 1: found the key ~, which YAML reads as nothing: write "~", in quotes'),
        ("a: [1\nb: 2", "line 2: "),
        ("a: b: c", "line 1: mapping values are not allowed in this context; text that holds ': '"),
        ("a: {b:{c: 1}}", "line 1: found unexpected ':'; a space belongs after it"),
        ("a:\n  b: 1\n c: 1", "line 3: did not find expected key; keys of one mapping begin in"),
        (
            "a: {b: 0,01}",
            "line 1: found 01 after a comma, with no value: decimals are written with",
        ),
        ("a: {b: 1\nc: 2", "line 2: did not find expected ',' or '}', of the bracket that line 1"),
        ("a:\n\t- b", "line 2: found a tab, where YAML takes spaces alone"),
        ("a: @b", "line 1: found character that cannot start any token"),
        ("a: *b", "line 1: found undefined alias"),
        ("a: &a [*a]", "line 1: found unconstructable recursive node"),
        ("a: {<<: 3}", "line 1: expected a mapping or list of mappings for merging"),
        ("a: 1\n---\nb: 2", "line 2: expected a single document in the stream, but found another"),
        ("a: !!timestamp 2020-13-01", "line 1: '2020-13-01' is not a valid timestamp"),
        ("a: !!timestamp 2020-12-01", "a: YAML reads this as a date; put text in quotes"),
        ("a: !!int x", "line 1: 'x' is not a valid int"),
        ("a: !!float ''", "line 1: '' is not a valid float"),
        ("a: !!bool x", "line 1: 'x' is not a valid bool"),
        ("? [a]\n: 1", "line 1: found a list or mapping as a key, text is needed"),
        ("? !!timestamp 2020-01-01\n: 1", "line 1: found the key 2020-01-01, which YAML reads as"),
        (f"a: {'9' * 5000}", "line 1: '99999999"),
        ("", "found nothing, a mapping of keys is needed"),
        ("# only a comment", "found nothing, a mapping of keys is needed"),
        ("- a\n- b", "found a list, a mapping of keys is needed"),
        ("text", "found a single value, a mapping of keys is needed"),
        (b"a: \xe9", "not UTF-8 text"),
        (b"a: \x00", "unacceptable character #x0000: control characters are not allowed"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(file, text, says):
    assert refusal(file(text)).startswith(says)


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    assert refusal(tmp_path / "nowhere.yaml") == "cannot be read: No such file or directory"
    assert refusal(tmp_path) == "cannot be read: Is a directory"


# The C parser recurses unguarded: unchecked, each of these would end Python itself.
@pytest.mark.parametrize(
    "text", ["[" * 100_000, "- " * 100_000, "? " * 100_000, "[\n" * 100_000, "{a: " * 100_000]
)
def test_bottomless_nesting_is_refused(file, text):
    assert refusal(file(f"a: 1\nb:\n {text}")) == "nested too deeply"


def test_nesting_beyond_any_config_is_refused(file):
    assert written.read(file("a: " + "[" * 28 + "]" * 28))
    assert refusal(file("a: " + "[" * 90 + "]" * 90)) == "a: nested deeper than 30 levels"


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        ("012", 12),
        ("-7", -7),
        ("+3", 3),
        ("0x1F", 31),
        ("0o17", 15),
        ("1:30", "1:30"),
        ("1_000", "1_000"),
        ("1e-3", 0.001),
        ("1.e2", 100.0),
        (".5", 0.5),
        ("1.5E+3", 1500.0),
        ("on", "on"),
        ("Off", "Off"),
        ("yes", "yes"),
        ("no", "no"),
        ("y", "y"),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("", None),
        ("null", None),
        ("=", "="),
        ("2020-13-01", "2020-13-01"),
        ("'012'", "012"),
    ],
)
def test_scalars_are_those_of_yaml_1_2(file, scalar, value):
    found = written.read(file(f"a: {scalar}\nb: [{scalar}]\n"))
    assert found["a"] == value
    assert type(found["a"]) is type(value)
    assert scalar == "" or found["b"] == [value]
    assert written.retyped(scalar) == value


def test_infinity_and_no_number_are_floats():
    assert written.retyped(["-.inf", ".Inf"]) == [float("-inf"), float("inf")]
    assert written.retyped(".nan") != written.retyped(".nan")


def test_rows_may_be_called_on_off_yes_and_no(file):
    assert [*written.read(file("rows: {on: 1, off: 2, yes: 3, no: 4}"))["rows"]] == [
        *("on", "off", "yes", "no")
    ]


def bomb(line):
    """Ten levels, each of which names the one below it ten times."""
    levels = [f"a{i}: &a{i} " + line(i) for i in range(1, 10)]
    return "\n".join(["a0: &a0 {x: 1}", *levels])


@pytest.mark.parametrize(
    "line",
    [
        lambda i: f"[{', '.join([f'*a{i - 1}'] * 10)}]",
        lambda i: f"{{{', '.join(f'k{k}: *a{i - 1}' for k in range(10))}}}",
        lambda i: f"{{<<: [{', '.join([f'*a{i - 1}'] * 10)}]}}",
    ],
)
def test_aliases_that_unfold_beyond_memory_are_refused_at_once(file, line):
    path = file(bomb(line))
    began = time.perf_counter()
    assert "more than 100,000 values" in refusal(path)
    assert time.perf_counter() - began < 5


TAGS = [
    "!!python/object/apply:os.system ['touch SENTINEL']",
    "!!python/object/apply:subprocess.check_output [[touch, SENTINEL]]",
    "!!python/object/new:os.system ['touch SENTINEL']",
    "!!python/name:os.system",
    "!!python/module:os",
    "!!python/object:ablate.planning.plan.Plan {}",
    "!!python/tuple [1, 2]",
    "!include other.yaml",
]


@pytest.mark.parametrize("tag", TAGS)
def test_tags_that_make_objects_are_refused(file, tmp_path, tag):
    sentinel = tmp_path / "sentinel"
    message = refusal(file(f"seeds: [0]\na: {tag.replace('SENTINEL', str(sentinel))}"))
    assert message.startswith("line 2: could not determine a constructor for the tag")
    assert not sentinel.exists()


def test_a_template_is_refused(file):
    text = "__use_yte__: true\nseeds: ?[open('sentinel', 'w')]\n"
    assert "__use_yte__ would have its expressions run" in refusal(file(text))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("demo", "found 'demo', key=value is needed, such as preset=demo"),
        ("data.holdout=0.1", "sets keys of the top level: write 'data={holdout: 0.1}', in quotes"),
        ("presets.demo.width=1", "write 'presets={demo: {width: 1}}', in quotes"),
    ],
)
def test_a_setting_of_the_command_line_that_is_none_is_refused(given, says):
    with pytest.raises(AblateError, match=r"^--config: found") as caught:
        written.setting(given)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        # As Snakemake hands over seeds=[0,1], deterministic=true and so on.
        (["0", "1"], [0, 1]),
        ("true", True),
        ("null", None),
        ({"train_images": "100", "holdout": "0.1"}, {"train_images": 100, "holdout": 0.1}),
        ("demo", "demo"),
        ("my data/é", "my data/é"),
        ("[1", "[1"),
        ("!!python/name:os.system", "!!python/name:os.system"),
        ("[" * 100_000, "[" * 100_000),
        (3, 3),
        (None, None),
    ],
)
def test_values_of_the_command_line_are_what_yaml_says(given, meant):
    assert written.retyped(given) == meant
