"""The rooms of the library, lowest first, and what each may import: arrows point one way.

A room is a folder or a module of workflow/ablate. It stands below all that import it, so there are
no cycles between rooms, and whoever changes one knows from this page whom that can touch.
"""

import ast
from pathlib import Path

import pytest

LIBRARY = Path(__file__).parents[2] / "workflow" / "ablate"

ROOMS = {
    # What everything stands on.
    "errors": "",
    "paths": "",
    "files": "errors",
    "locks": "errors files",
    "invocation": "",
    "shapes": "",
    # What a study says: loads no torch.
    "settings": "errors",
    # Code of one's own, found by name.
    "extensions": "errors settings",
    "named": "extensions",
    # What jobs are asked to make, as typed objects: planning fills them, steps read them.
    "requests": "errors paths settings",
    # What a training is made of.
    "data": "errors extensions files",
    "models": "errors extensions named settings",
    "augmentation": "errors named settings",
    "observers": "errors models named",
    # What computes, and nothing else; it knows neither jobs nor files of runs.
    "training": "augmentation data errors models named observers settings",
    # The folder of a finished run.
    "runs": "errors files invocation paths requests",
    # Who starts jobs without loading anew what they load; it knows that by name alone.
    "launch": "files",
    # A training as a process: locks, leases, signals, saved states, writing.
    "job": "data errors files launch locks models named requests runs settings training",
    # What is due and why.
    "planning": "errors files paths requests runs settings",
    # How a build begins and ends, and what Snakemake is told.
    "building": "errors files locks paths planning settings",
    # From finished runs to numbers, tables, pictures and pages: without torch but for networks.
    "evaluation": "files runs",
    "measures": "errors files paths requests runs settings",
    "findings": "requests runs settings",
    "tables": "data errors files findings invocation measures paths requests runs settings",
    "figures": "data errors evaluation extensions files findings measures models paths requests "
    "runs settings shapes tables",
    "report": "data files findings invocation paths requests runs settings tables",
    # Command lines: of the rules, and of the user.
    "steps": "building data errors evaluation figures files findings job models named planning "
    "report requests settings tables",
    "commands": "building data errors evaluation files findings invocation job locks models paths "
    "planning requests runs settings shapes tables",
    "generate": "files findings runs settings tables",
    "cli": "commands errors generate invocation planning settings",
}


def imported(file: Path) -> set[str]:
    """The rooms that a module imports, those included that it imports by name."""
    names = []
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file}: a relative import"
            names += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Call) and "import_module" in ast.dump(node.func):
            texts = (part for part in ast.walk(node) if isinstance(part, ast.Constant))
            names += [part.value for part in texts if isinstance(part.value, str)]
    split = [name.split(".") for name in names]
    return {parts[1] for parts in split if parts[0] == "ablate" and len(parts) > 1}


def room_of(file: Path) -> str:
    return file.relative_to(LIBRARY).parts[0].removesuffix(".py")


FILES = [file for file in sorted(LIBRARY.rglob("*.py")) if room_of(file) != "__init__"]


def test_every_room_is_on_this_page():
    assert {room_of(file) for file in FILES} == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_rooms_below_it(room):
    below = list(ROOMS)[: list(ROOMS).index(room)]
    assert set(ROOMS[room].split()) <= set(below), "this page points upwards"


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_what_this_page_says(room):
    allowed = set(ROOMS[room].split())
    found = {file: imported(file) - {room} for file in FILES if room_of(file) == room}
    others = {str(file.relative_to(LIBRARY)): rooms - allowed for file, rooms in found.items()}
    assert {file: rooms for file, rooms in others.items() if rooms} == {}
    assert allowed - set().union(*found.values()) == set(), "allowed on this page, and not used"
