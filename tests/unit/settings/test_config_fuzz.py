"""Any YAML at all gives a valid plan or one message, and never runs anything."""

import copy
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from test_bad_settings import CONFIG

from ablate.errors import AblateError
from ablate.planning.plan import Plan
from ablate.planning.products import Products
from ablate.settings import written

FILE = Path(__file__).parents[3] / "config.yaml"
REPORT = written.read(FILE)
SENTINEL = "sentinel-of-the-fuzz"
# What Python tells an audit hook about whenever code is compiled or run, or a process started.
RUNNING = {"exec", "compile", "os.exec", "os.fork", "os.posix_spawn", "os.system"}
RUNNING |= {"pickle.find_class", "subprocess.Popen"}


def examples(count: int) -> settings:
    """So many examples, the same at every call."""
    return settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


class Watch:
    """Notes whatever is run while it is on; a hook cannot be taken off again."""

    def __init__(self) -> None:
        self.on = False
        self.seen: list[tuple] = []
        sys.addaudithook(self)

    def __call__(self, event: str, arguments: tuple) -> None:
        if self.on and event in RUNNING:
            self.seen.append((event, arguments))

    @contextmanager
    def nothing_runs(self) -> Iterator[None]:
        self.on = True
        try:
            yield
        finally:
            self.on = False
        assert self.seen == []


@pytest.fixture(scope="module")
def watch():
    planned(REPORT)  # loads what is loaded late
    return Watch()


def planned(config: Any) -> None:
    """All that Snakemake asks of a config while it starts; no two products make one file."""
    products = Products(Plan(config))
    made = [products[name] for name in products.names()]
    json.dumps([product.request for product in made])
    files = [file for product in made for file in (*product.outputs, product.record)]
    assert len(set(files)) == len(files)


def check(make) -> None:
    """Let pass a plan, or one line that says what is wrong."""
    try:
        make()
    except AblateError as error:
        message = str(error)
        assert len(message.splitlines()) == 1
        assert message.strip()
        message.encode()


def test_the_watch_would_notice(watch, tmp_path):
    with pytest.raises(AssertionError), watch.nothing_runs():
        eval("1 + 1")
    watch.seen.clear()


# Values of every kind that YAML and JSON have, and some that look like others.
HOSTILE = [
    f"{{__import__('os').system('touch {SENTINEL}')}}",
    f"$(touch {SENTINEL})",
    f"'; touch {SENTINEL}; '",
]
WORDS = ["1e-3", "yes", "null", "ReLU", "SGD", "StepLR", "resnet18", "dataset", "activation/elu"]
ODD = ["", "a/b", "..", "{}", "\0", "a\nb", "\ud800", "é\u202e", 10**30, 16**3000, 0.1, 1e308]
LEAVES = st.one_of(
    st.none() | st.booleans() | st.integers(-1, 3) | st.floats(),
    st.sampled_from(HOSTILE) | st.sampled_from(WORDS) | st.sampled_from(ODD),
    st.text(max_size=8),
    st.dates() | st.binary(max_size=3) | st.just(frozenset("ab")),
)
SETTINGS = [
    "model",
    "model.width",
    "optimizer.lr",
    "schedule.gamma",
    "augmentation.RandomCrop.size",
]
WRITTEN = ["name", "recipe", "set", "rows", "grid", "over", "control", "seeds", "source", "steps"]
KEYS = st.sampled_from([*SETTINGS, *WRITTEN, *ODD, ".", 16, True, None])
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


def places(node: Any, path: tuple = ()) -> Iterator[tuple]:
    """The path of everything within a config."""
    if path:
        yield path
    items = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else ()
    )
    for key, inner in items:
        yield from places(inner, (*path, key))


def at(config: Any, path: tuple) -> Any:
    for key in path:
        config = config[key]
    return config


def mutations(base: dict[str, Any]) -> st.SearchStrategy:
    """Up to three changes: where, how, and what is put there."""
    paths = list(places(base))
    elsewhere = st.sampled_from(paths).map(lambda path: at(base, path))
    change = st.tuples(
        st.sampled_from(paths),
        st.sampled_from(["delete", "replace", "insert", "rename"]),
        KEYS | st.sampled_from(paths).map(lambda path: path[-1]),
        VALUES | elsewhere,
    )
    return st.lists(change, min_size=1, max_size=3)


def mutated(base: dict[str, Any], changes: list[tuple]) -> dict[str, Any]:
    config = copy.deepcopy(base)
    for path, how, key, value in changes:
        try:
            parent, found = at(config, path[:-1]), at(config, path)
        except (LookupError, TypeError):
            continue  # an earlier change took it away
        if not isinstance(parent, dict | list):
            continue
        if how == "delete":
            del parent[path[-1]]
        elif how == "replace":
            parent[path[-1]] = copy.deepcopy(value)
        elif how == "rename" and isinstance(parent, dict):
            parent[key] = parent.pop(path[-1])
        elif how == "insert" and isinstance(found, dict):
            found[key] = copy.deepcopy(value)
        elif how == "insert" and isinstance(found, list):
            found.insert(0, copy.deepcopy(value))
    return config


@examples(300)
@given(mutations(CONFIG))
# What the fuzz has found.
@example([(("recipes", "narrow", "recipe"), "replace", "", {1.5: 1})])
@example([(("presets",), "insert", "a\nb", {"name": 1})])
@example([(("studies", "rates", "grid", "optimizer.lr"), "insert", "x", 16**3000)])
@example([(("studies", "rates", "grid", "optimizer.lr"), "replace", "", [{}, None])])
def test_a_config_with_changes_gives_a_plan_or_one_message(watch, changes):
    config = mutated(CONFIG, changes)
    with watch.nothing_runs():
        check(lambda: planned(config))


@examples(40)
@given(mutations(REPORT))
def test_the_report_with_changes_gives_a_plan_or_one_message(watch, changes):
    config = mutated(REPORT, changes)
    with watch.nothing_runs():
        check(lambda: planned(config))


@examples(100)
@given(VALUES)
def test_any_value_for_a_config_gives_one_message(watch, config):
    with watch.nothing_runs():
        check(lambda: planned(config))


TAGS = ["!!python/object/apply:os.system", "!!python/name:os.system", "!!set", "!!int", "!!omap"]
SHARED = ["&a ", "*a", "*rates", "<<: *rates", "<<: [*a, *a]", "&a [*a]", "--- ", "%TAG ! x\n"]
MARKS = [
    "? ",
    "- ",
    ": ",
    "\t",
    "\n",
    "\n  ",
    "{",
    "}",
    "[",
    "]",
    '"',
    "'",
    ">-\n",
    "\x00",
    "\ufeff",
]
LIKE_NUMBERS = ["0x", "0o7", "1_0", "10:20", "2020-01-01", ".nan", "9" * 5000, "0x" + "9" * 5000]
SNIPPETS = st.one_of(
    st.sampled_from(TAGS).map(lambda tag: f"{tag} ['touch {SENTINEL}']"),
    st.just(f"__use_yte__: true\nseeds: ?open('{SENTINEL}', 'w')\n"),
    st.sampled_from(SHARED) | st.sampled_from(MARKS) | st.sampled_from(LIKE_NUMBERS),
)
LINES = FILE.read_text().splitlines(keepends=True)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Some lines of the report's config, with others put in, taken out and broken."""
    start = draw(st.integers(0, len(LINES) - 1))
    lines = LINES[start : start + draw(st.integers(1, 60))] if draw(st.booleans()) else [*LINES]
    for _ in range(draw(st.integers(1, 3))):
        index = draw(st.integers(0, len(lines) - 1))
        column = draw(st.integers(0, len(lines[index])))
        piece = draw(SNIPPETS | st.sampled_from(LINES) | st.text(max_size=5))
        skipped = draw(st.integers(0, 5))
        lines[index] = lines[index][:column] + piece + lines[index][column + skipped :]
    return "".join(lines)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz") / "config.yaml"


@examples(150)
@given(
    documents().map(lambda text: text.encode(errors="surrogatepass"))
    | st.lists(SNIPPETS, max_size=8).map(lambda parts: "".join(parts).encode())
    | st.text().map(lambda text: text.encode())
    | st.binary()
)
def test_any_text_gives_a_plan_or_one_message(watch, file, content):
    file.write_bytes(content)
    with watch.nothing_runs():
        check(lambda: planned(written.read(file)))


@examples(100)
@given(mutations(CONFIG), st.booleans())
def test_what_yaml_and_json_can_say_survives_the_file(watch, file, changes, as_json):
    """By way of a file a config gives what it gives by itself: the same plan or some message."""
    config = mutated(CONFIG, changes)
    try:
        text = json.dumps(config) if as_json else yaml.safe_dump(config, allow_unicode=True)
    except (TypeError, ValueError, yaml.YAMLError):
        return
    file.write_text(text, encoding="utf-8", errors="surrogatepass")
    with watch.nothing_runs():
        check(lambda: planned(written.read(file)))


def test_nothing_was_left_behind():
    assert not Path(SENTINEL).exists()
