"""Digests of code: what a step computes with, comments, docstrings and formatting left out.

A step's result depends on its own module and on what that imports from this package, directly or
by way of others, and on the data files (styles, templates) beside those modules. Modules that a
setting chooses are imported by name while a step runs; they are passed in as `chosen`, and so count
only where they are chosen.
"""

import ast
import atexit
import contextlib
import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from ablate.errors import AblateError
from ablate.files import digest as digest_of_file
from ablate.files import write_whole

PACKAGE = "ablate"
ROOT = Path(__file__).parents[2]
# Settings act through their resolved values, which stand in every record; paths and messages
# do not act on a result at all.
LEFT_OUT = ("ablate.settings", "ablate.paths", "ablate.errors", "ablate.steps.recorded")


def digest(step: str, chosen: tuple[str, ...] = ()) -> str:
    """The digest of a step's import closure, 16 hex digits.

    Args:
        step: module name, such as "ablate.steps.train".
        chosen: further modules that this job's settings choose.
    """
    return _digest(step, tuple(sorted(chosen)))


@cache
def _digest(step: str, chosen: tuple[str, ...]) -> str:
    total = hashlib.sha256()
    for module in sorted(closure(step, *chosen)):
        total.update(f"{module}\0{_own_digest(module)}\n".encode())
    for file in sorted(_data_files(module for module in closure(step, *chosen))):
        total.update(f"{file.name}\0{digest_of_file(file)}\n".encode())
    return total.hexdigest()[:16]


def _data_files(modules: Iterable[str]) -> set[Path]:
    folders = {source(module).parent for module in modules}
    return {file for folder in folders for file in _beside(folder)}


@cache
def _beside(folder: Path) -> tuple[Path, ...]:
    return tuple(path for path in folder.iterdir() if path.is_file() and path.suffix != ".py")


def closure(*modules: str) -> set[str]:
    """The modules of this package that `modules` import, themselves included."""
    found: set[str] = set()
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        if module in found or module.startswith(LEFT_OUT):
            continue
        found.add(module)
        waiting.extend(_imports(module))
    return found


@cache
def source(module: str) -> Path | None:
    """The file of one of this package's modules; None where there is no such module."""
    # By path, since asking importlib would run the packages above the module, torch and all.
    path = ROOT.joinpath(*module.split("."))
    for file in (path.with_suffix(".py"), path / "__init__.py"):
        if file.is_file():
            return file
    return None


@cache
def modules(package: str, holding: str) -> list[str]:
    """The modules of one of this package's packages whose text holds something, by short name."""
    files = sorted(ROOT.joinpath(*package.split(".")).glob("[a-z]*.py"))
    return [file.stem for file in files if holding in file.read_text()]


def remember(path: Path) -> None:
    """Keep what is found of each source text in `path`, so that the next call parses only new text.

    Keyed by the text's own digest: whatever is in the file, changed code is parsed.
    """
    _memory.path = path
    try:
        _memory.known = dict(json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        _memory.known = {}
    atexit.register(_memory.save)


class _Memory:
    """What is known of source texts: sha256 of the text -> [digest, imported names]."""

    def __init__(self) -> None:
        self.path: Path | None = None
        self.known: dict[str, list] = {}
        self.grown = False

    def look_up(self, text: str) -> list:
        key = hashlib.sha256(text.encode()).hexdigest()
        if key not in self.known:
            tree = ast.parse(text)
            names = _imported_names(tree)
            self.known[key] = [_digest_of(tree), names]
            self.grown = True
        return self.known[key]

    def save(self) -> None:
        if self.grown and self.path is not None:
            with contextlib.suppress(AblateError), write_whole(self.path) as draft:
                draft.write_text(json.dumps(self.known))


_memory = _Memory()


@cache
def _found(module: str) -> list:
    return _memory.look_up(source(module).read_text())


def _own_digest(module: str) -> str:
    return _found(module)[0]


@cache
def _imports(module: str) -> tuple[str, ...]:
    own = [name for name in _found(module)[1] if name.split(".")[0] == PACKAGE]
    # Importing a module runs the packages above it too.
    parents = [".".join(name.split(".")[: i + 1]) for name in own for i in range(name.count("."))]
    return tuple(name for name in dict.fromkeys([*own, *parents]) if source(name) is not None)


def _imported_names(tree: ast.Module) -> list[str]:
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return names


def _digest_of(tree: ast.Module) -> str:
    """The digest of a syntax tree without docstrings; comments and layout are not in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body = node.body[1:] or [ast.Pass()]
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()
