"""One's own code as a config sees it: names, signatures, messages and what counts as its code."""

import pytest
from pydantic import ValidationError
from tiny_training import VGG, settings

from ablate.errors import AblateError
from ablate.generate.config_schema import schema
from ablate.planning import code
from ablate.planning.chosen import own_code
from ablate.settings import Run, own
from ablate.settings.message import sentence

FILE = """
import torch
from dataclasses import dataclass
from .deep import block, blocks

class Base:
    def __init__(self, classes: int, depth: int = 3, rate: float = 1, act: str = "ReLU",
                 sizes: tuple = (1, 2), flag: bool = False, anything=None, *, late=2):
        pass

class Inherits(Base):
    pass

@dataclass
class Fields:
    classes: int
    width: float = 0.5

def function(classes, needed: int, **rest):
    pass

def hidden(images=None):
    raise RuntimeError("never run")

hidden()
"""


@pytest.fixture(autouse=True)
def folder(tmp_path):
    (tmp_path / "mine.py").write_text(FILE)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "__init__.py").write_text("from .block import block\nfrom . import blocks")
    (tmp_path / "deep" / "block.py").write_text("def block():\n    return 1\n")
    (tmp_path / "deep" / "blocks.py").write_text("X = 1\n")
    (tmp_path / "other.py").write_text("def net(classes): ...\n")
    (tmp_path / "broken.py").write_text("def net(classes:\n")
    own.use(tmp_path)
    yield tmp_path
    own.use(None)


def model(name: str, **arguments):
    return settings(model={"name": name, "arguments": arguments}).model


def test_a_schedule_of_ones_own_may_call_its_arguments_as_torch_does(folder):
    (folder / "rates.py").write_text("def warm(optimizer, T_max: str = 'all', step_size=0): ...\n")
    schedule = {"name": "rates.warm", "T_max": "half", "step_size": 0}
    assert settings(schedule=schedule).schedule.arguments == {"T_max": "half"}


def test_reading_runs_nothing():
    assert own.known() == [
        *("mine.Base", "mine.Inherits", "mine.Fields", "mine.function", "mine.hidden"),
        "other.net",
    ]


@pytest.mark.parametrize("name", ["mine.Base", "mine.Inherits"])
def test_arguments_are_the_signatures_and_defaults_are_left_out(name):
    given = {"depth": 4, "rate": 1, "act": "ReLU", "sizes": [1, 2], "flag": True, "late": 2}
    assert model(name, **given).arguments == {"depth": 4, "flag": True}
    assert settings(model={"name": name}) == settings(
        model={"name": name, "arguments": {"depth": 3, "anything": None}}
    )
    assert settings(model={"name": name}).name != settings(model=VGG).name
    assert model("mine.Fields", width=0.25).arguments == {"width": 0.25}
    assert model("mine.function", needed=1, more=[1]).arguments == {"more": (1,), "needed": 1}


def test_resolved_settings_describe_the_same_run():
    run = settings(
        model={"name": "mine.Base", "arguments": {"sizes": [3]}},
        augmentation={"mine": {"hidden": {}}},
    )
    assert Run.model_validate(run.resolved()) == run
    assert Run.model_validate(run.resolved()).name == run.name
    own.use(None)  # as whoever reads a finished run does
    assert Run.model_validate(run.resolved()).name == run.name


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            {"name": "mine.Bsae"},
            "no class or function of this name stands in .*did you mean 'mine.Base'",
        ),
        ({"name": "mien.Base"}, r"no file mien\.py in .*did you mean 'mine.Base'"),
        ({"name": "Base"}, "unknown model 'Base'; did you mean 'mine.Base'"),
        ({"name": "broken.net"}, r"broken\.py, line 1: "),
        (
            {"name": "mine.Base", "arguments": {"dpeth": 1}},
            "no argument 'dpeth'; did you mean 'dep",
        ),
        ({"name": "mine.Base", "arguments": {"depth": "x"}}, "found the text 'x', a number is"),
        ({"name": "mine.Base", "arguments": {"depth": 1.5}}, "found 1.5, a whole number is needed"),
        ({"name": "mine.Base", "arguments": {"flag": 1}}, "found 1, true or false is needed"),
        ({"name": "mine.Base", "arguments": {"sizes": 1}}, "found 1, a list is needed"),
        ({"name": "mine.Base", "arguments": [1]}, "a mapping is needed"),
        ({"name": "mine.function"}, "needs the argument 'needed'"),
        ({"name": "mine.hidden"}, "no argument 'classes'"),
    ],
)
def test_a_mistake_gets_one_message(asked, said):
    with pytest.raises(ValidationError, match=said):
        settings(model=asked)


def test_a_mistake_in_an_argument_is_told_with_its_place(folder):
    with pytest.raises(ValidationError) as caught:
        settings(model={"name": "mine.Base", "arguments": {"depth": "x"}})
    assert sentence(caught.value) == "model.arguments.depth: found the text 'x', a number is needed"


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("def f(outputs): ...", {"loss": "mine.f"}),
        ("def f(): ...", {"augmentation": {"mine.f": {}}}),
        ("def f(*, optimizer): ...", {"schedule": "mine.f"}),
        ("def f(): ...", {"optimizer": {"name": "mine.f", "lr": 0.1}}),
        ("class f:\n    def __init__(self): ...", {"schedule": "mine.f"}),
    ],
)
def test_what_takes_less_than_training_gives_is_refused(folder, written, asked):
    (folder / "mine.py").write_text(written)
    with pytest.raises(ValidationError, match=r"in line . takes . arguments? by position, but is"):
        settings(**asked)


def test_what_takes_any_number_of_arguments_is_taken(folder):
    (folder / "mine.py").write_text("def f(*given): ...")
    assert settings(loss="mine.f").loss.name == "mine.f"


@pytest.mark.parametrize(
    "written",
    [
        b"\xef\xbb\xbfdef net(classes, depth=3): ...\n",
        b"# -*- coding: latin-1 -*-\n# caf\xe9\ndef net(classes, depth=3): ...\n",
        b"def net(classes, depth=3): ...\r\n",
    ],
)
def test_a_file_is_read_as_python_reads_it(folder, written):
    (folder / "windows.py").write_bytes(written)
    assert model("windows.net").name == "windows.net"
    assert code.digest(*modules("windows.net"))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (b"a = 1\x00\n", r"windows\.py: source code string cannot contain null bytes"),
        (b"# caf\xe9\n", r"windows\.py: invalid or missing encoding declaration"),
        (b"# coding: nonsense\n", r"windows\.py: .*unknown encoding"),
    ],
)
def test_a_file_that_is_no_python_is_named(folder, written, said):
    (folder / "windows.py").write_bytes(written)
    with pytest.raises((ValidationError, AblateError), match=said):
        settings(model={"name": "windows.net"})


def test_a_width_is_what_a_preset_narrows():
    assert model("mine.Fields").narrowed(0.5)["arguments"] == {"width": 0.25}
    assert model("mine.Base").narrowed(0.5)["arguments"] == {}


def test_a_width_that_is_a_whole_number_stays_one(folder):
    (folder / "wide.py").write_text(
        "def net(classes, width: int = 10): ...\ndef wide(classes, width=6): ...\n"
    )
    assert model("wide.net").narrowed(0.25)["arguments"] == {"width": 2}
    assert model("wide.net", width=1).narrowed(0.25)["arguments"] == {"width": 1}
    assert model("wide.wide").narrowed(0.25)["arguments"] == {"width": 2}
    assert model("wide.net", width=7).narrowed(1)["arguments"] == {"width": 7}
    assert model("mine.Fields", width=1).narrowed(0.25)["arguments"] == {"width": 0.25}


def test_what_a_step_runs_of_it_is_all_but_the_schedule_whose_rates_are_read_before(folder):
    (folder / "parts.py").write_text(
        "def loss(outputs, labels): ...\ndef change(images): ...\n"
        "def update(params, lr): ...\ndef rates(optimizer): ...\n"
    )
    run = settings(
        model={"name": "other.net"},
        loss="parts.loss",
        augmentation={"parts.change": {}, "RandomHorizontalFlip": {}},
        optimizer={"name": "parts.update", "lr": 1},
        schedule="parts.rates",
    )
    assert run.own == ["other.net", "parts.loss", "parts.change", "parts.update"]
    assert settings().own == []


def modules(name: str) -> tuple[str, ...]:
    return own_code(settings(model={"name": name}))


def test_a_file_counts_with_what_it_imports_beside_it_where_it_is_chosen(folder):
    mine, other = modules("mine.Base"), modules("other.net")
    assert own_code(settings()) == ()
    before = code.digest(*mine), code.digest(*other)
    for file in ("deep/block.py", "deep/blocks.py", "deep/__init__.py", "mine.py"):
        text = (folder / file).read_text()
        (folder / file).write_text("# a comment\n" + text)
        assert (code.digest(*mine), code.digest(*other)) == before
        (folder / file).write_text(text + "\nCHANGED = 1\n")
        assert code.digest(*mine) != before[0]
        assert code.digest(*other) == before[1]
        (folder / file).write_text(text)
    assert code.digest(*mine) == before[0]


def test_the_folder_may_move(folder, tmp_path_factory):
    before = code.digest(*modules("mine.Base"))
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "code"
    folder.rename(elsewhere)
    own.use(elsewhere)
    assert code.digest(*modules("mine.Base")) == before


def test_the_schema_completes_ones_own_names_and_arguments():
    paths = schema()["$defs"]["Delta"]["properties"]
    assert "mine.Base" in paths["model.name"]["anyOf"][0]["enum"]
    assert paths["model.arguments.depth"] == {"type": "integer"}
    assert paths["optimizer.late"] == {"type": "integer"}
    own.use(None)
    assert "model.arguments.depth" not in schema()["$defs"]["Delta"]["properties"]


def test_an_activation_is_torchs():
    with pytest.raises(ValidationError, match=r"no activation named 'mine.Base'"):
        settings(model={**VGG, "activation": "mine.Base"})
