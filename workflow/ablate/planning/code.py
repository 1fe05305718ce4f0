"""Digests of code: what a product is computed with, and nothing that only carries or says it.

A product depends on the modules that make it and on what those import from this package, directly
or by way of others. Modules that a setting chooses are imported by name while a step runs; they are
passed in, and so count only where they are chosen. A file beside a module (a style, a template)
counts if the module, or a file that counts, names it.

What a module's text counts for, `ablate.planning.bare` says.
"""

import ast
import atexit
import contextlib
import hashlib
import json
import re
import sys
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from typing import Any, NamedTuple

from ablate.errors import AblateError
from ablate.files import digest as digest_of_file
from ablate.files import write_text
from ablate.planning import bare
from ablate.settings import own

PACKAGE = "ablate"
ROOT = Path(__file__).parents[2]
# Settings act through their resolved values, which stand in every record. The others carry a job,
# name files or plan: they do not act on what is computed.
LEFT_OUT = (
    "ablate.settings",
    "ablate.planning",
    "ablate.building",
    "ablate.job",
    "ablate.steps.command_line",
    "ablate.paths",
    "ablate.errors",
    "ablate.files",
    "ablate.locks",
)
# Beside Snakemake's own files, what is found of source texts from one call to the next.
MEMORY = Path(".snakemake", "code.json")
# A name of a file beside a module, as a module writes it.
FILE_NAME = re.compile(r"[\w-]+(\.[\w-]+)+")
# What decides what is found of a text: what other rules or another Python found counts no more.
RULES = b"".join([*(Path(f).read_bytes() for f in (__file__, bare.__file__)), sys.version.encode()])
# What is found of source texts, by the sha256 of rules and text, so that changed code is parsed.
_known: dict[str, list] = {}


def _cached(function: Callable[..., Any]) -> Callable[..., Any]:
    """`functools.cache`, but not for one's own modules: their folder may change in a process."""
    remembered = cache(function)

    @wraps(function)
    def found(*modules: str) -> Any:
        some_own = any(module.partition(".")[0] == own.PACKAGE for module in modules)
        return function(*modules) if some_own else remembered(*modules)

    found.cache_clear = remembered.cache_clear
    return found


@_cached
def digest(*modules: str) -> str:
    """The digest of these modules' import closure, 16 hex digits."""
    total = hashlib.sha256()
    counted = sorted(closure(*modules))
    for module in counted:
        total.update(f"{module}\0{_found(module).digest}\n".encode())
    for file in sorted({file for module in counted for file in _files_of(module)}):
        total.update(f"{file.name}\0{digest_of_file(file)}\n".encode())
    return total.hexdigest()[:16]


def closure(*modules: str) -> set[str]:
    """The modules of this package that `modules` import, themselves included."""
    found: set[str] = set()
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        if module in found or is_left_out(module):
            continue
        found.add(module)
        waiting.extend(_imports(module))
    return found


def is_left_out(module: str) -> bool:
    """Whether a module is one of those that do not act on what is computed, or inside one."""
    return any(module == name or module.startswith(f"{name}.") for name in LEFT_OUT)


@_cached
def source(module: str) -> Path | None:
    """The file of one of this package's modules; None where there is no such module."""
    if module.partition(".")[0] == own.PACKAGE:
        return own.source(module)
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
    return [file.stem for file in files if holding in file.read_text(encoding="utf-8")]


@cache
def remember(path: Path) -> None:
    """Keep what is found of source texts in `path`: the next call parses only new ones."""
    recall(path)
    atexit.register(_keep, path, already=len(_known))


def recall(path: Path) -> None:
    """Know what `remember` has kept in `path`, and keep nothing there."""
    with contextlib.suppress(OSError, ValueError, TypeError):
        _known.update(json.loads(path.read_text(encoding="utf-8")))


def _keep(path: Path, already: int) -> None:
    if len(_known) > already:
        with contextlib.suppress(AblateError):
            write_text(path, json.dumps(_known))


class Found(NamedTuple):
    """What one source text comes to: its digest, the names it imports, the files it may name."""

    digest: str
    imports: list[str]
    files: list[str]


@_cached
def _found(module: str) -> Found:
    text = own.text(source(module))
    key = hashlib.sha256(RULES + text.encode()).hexdigest()
    if key not in _known:
        tree = bare.bared(text)
        counted = hashlib.sha256(bare.written(tree).encode()).hexdigest()
        _known[key] = [counted, _imported_names(tree), _file_names(tree)]
    return Found(*_known[key])


@_cached
def _imports(module: str) -> tuple[str, ...]:
    names = [_absolute(name, module) for name in _found(module).imports]
    ours = [name for name in names if name.partition(".")[0] in (PACKAGE, own.PACKAGE)]
    # Importing a module runs the packages above it too.
    parents = [".".join(name.split(".")[: i + 1]) for name in ours for i in range(name.count("."))]
    return tuple(name for name in dict.fromkeys([*ours, *parents]) if source(name) is not None)


def _absolute(name: str, module: str) -> str:
    """The module that a name with leading dots means in a file of one's own."""
    dots = len(name) - len(name.lstrip("."))
    above = module.split(".")
    if source(module).name == "__init__.py":
        above.append("")
    return ".".join([*above[: len(above) - dots], name[dots:]]) if dots else name


def _files_of(module: str) -> set[Path]:
    """The files beside a module that it names, and those that these name in turn."""
    folder = source(module).parent
    found: set[Path] = set()
    waiting = [folder / name for name in _found(module).files]
    while waiting:
        file = waiting.pop()
        if file not in found and file.suffix != ".py" and file.is_file():
            found.add(file)
            waiting += [
                folder / m[0]
                for m in FILE_NAME.finditer(file.read_text(errors="replace", encoding="utf-8"))
            ]
    return found


def _imported_names(tree: ast.Module) -> list[str]:
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = "." * node.level + (node.module or "")
            inner = start if start.endswith(".") else f"{start}."
            names += [start] if node.module else []
            names += [f"{inner}{alias.name}" for alias in node.names]
    return names


def _file_names(tree: ast.Module) -> list[str]:
    texts = (n.value for n in ast.walk(tree) if isinstance(n, ast.Constant))
    return sorted({t for t in texts if isinstance(t, str) and FILE_NAME.fullmatch(t)})
