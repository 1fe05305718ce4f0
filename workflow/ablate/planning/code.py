"""Digests of code: what a product is computed with, and nothing that only carries or says it.

A product depends on the modules that make it and on what those import from this package, directly
or by way of others. Modules that a setting chooses are imported by name while a step runs; they are
passed in, and so count only where they are chosen. A file beside a module (a style, a template)
counts if the module, or a file that counts, names it.

Left out are comments, docstrings, formatting, the order of imports, annotations of functions, and
the text of what is raised or printed.
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

import psutil

from ablate.errors import AblateError
from ablate.files import digest as digest_of_file
from ablate.files import write_text
from ablate.settings import own

PACKAGE = "ablate"
ROOT = Path(__file__).parents[2]
# Settings act through their resolved values, which stand in every record. The others carry a job,
# name files or plan: they do not act on what is computed.
LEFT_OUT = (
    "ablate.settings",
    "ablate.planning",
    "ablate.job",
    "ablate.steps.asked",
    "ablate.paths",
    "ablate.errors",
    "ablate.files",
    "ablate.locks",
)
# A name of a file beside a module, as a module writes it.
FILE_NAME = re.compile(r"[\w-]+(\.[\w-]+)+")
# Python 3.13 leaves out of a written tree what is empty unless it is asked.
SHOW_EMPTY = {"show_empty": True} if sys.version_info >= (3, 13) else {}


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


class Proof:
    """Proves that this process computes with the code that was planned.

    Args:
        planned: the digest that the build was planned with.
        modules: what it was taken of.
    """

    def __init__(self, planned: str, *modules: str) -> None:
        self.planned = planned
        self.modules = modules
        self.began = psutil.Process().create_time()
        self.early = set(sys.modules)

    def begin(self) -> None:
        """Compare the sources with the plan, once this process has loaded what it starts with.

        Raises:
            AblateError: they differ, or were written while they were loaded.
        """
        if digest(*self.modules) != self.planned:
            raise _changed("since this build was planned")
        if self._written_since(closure(*self.modules) & self.early):
            raise _changed("while this job started")

    def end(self) -> None:
        """Ask the same of what was loaded in the meantime.

        Raises:
            AblateError: a source was written before it was loaded.
        """
        if self._written_since((closure(*self.modules) & set(sys.modules)) - self.early):
            raise _changed("while this job ran")

    def _written_since(self, modules: set[str]) -> bool:
        return any(source(module).stat().st_mtime > self.began for module in modules)


def _changed(when: str) -> AblateError:
    return AblateError(
        f"the code of this step was changed {when}; nothing was written. Give the same command "
        "again: it plans with the code as it is now."
    )


def remember(path: Path) -> None:
    """Keep what is found of each source text in `path`, so that the next call parses only new text.

    Keyed by the text's own digest: whatever is in the file, changed code is parsed.
    """
    _memory.path = path
    recall(path)


def recall(path: Path) -> None:
    """Know what `remember` has kept in `path`, and keep nothing there."""
    try:
        _memory.known = dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        _memory.known = {}


class Found(NamedTuple):
    """What one source text comes to: its digest, the names it imports, the files it may name."""

    digest: str
    imports: list[str]
    files: list[str]


class _Memory:
    """What is known of source texts, by the sha256 of the text."""

    def __init__(self) -> None:
        self.path: Path | None = None
        self.known: dict[str, list] = {}
        self.grown = False

    def look_up(self, text: str) -> Found:
        key = hashlib.sha256(text.encode()).hexdigest()
        if key not in self.known:
            tree = _Bare().visit(ast.parse(text))
            self.known[key] = [_digest_of(tree), _imported_names(tree), _file_names(tree)]
            if not self.grown:
                self.grown = True
                atexit.register(self.save)
        return Found(*self.known[key])

    def save(self) -> None:
        if self.path is not None:
            with contextlib.suppress(AblateError):
                write_text(self.path, json.dumps(self.known))


_memory = _Memory()


@_cached
def _found(module: str) -> Found:
    return _memory.look_up(own.text(source(module)))


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


def _digest_of(tree: ast.Module) -> str:
    return hashlib.sha256(_written(tree).encode()).hexdigest()


def _written(tree: ast.AST) -> str:
    """The tree as Python 3.11 writes it, so that a newer Python outdates nothing.

    Python 3.12 adds the type parameters of each function and class.
    """
    return ast.dump(tree, **SHOW_EMPTY).replace(", type_params=[]", "")


class _Bare(ast.NodeTransformer):
    """Takes from a syntax tree what does not act on what is computed."""

    def __init__(self) -> None:
        self.kept: set[int] = set()

    def visit_Module(self, node: ast.Module) -> ast.Module:
        return self._bare(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.returns = None
        return self._bare(node)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        if not any("dataclass" in ast.dump(decorator) for decorator in node.decorator_list):
            # In any other class they may declare what is checked, as pydantic's do.
            own = [inner for inner in node.body if isinstance(inner, ast.AnnAssign)]
            self.kept.update(map(id, own))
        return self._bare(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AnnAssign:
        if id(node) not in self.kept:
            node.annotation = ast.Constant(None)
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return [self.visit(inner) for inner in node.orelse]
        return self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> ast.Raise:
        return _Mute().visit(self.generic_visit(node))

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.generic_visit(node)
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name == "print" or name.endswith("Error"):
            _Mute().generic_visit(node)
        return node

    def _bare(self, node: ast.AST) -> ast.AST:
        first = node.body[0] if node.body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            node.body = node.body[1:]
        self.generic_visit(node)
        node.body = _with_imports_sorted(node.body) or [ast.Pass()]
        return node


class _Mute(ast.NodeTransformer):
    """Empties every text."""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant("") if isinstance(node.value, str) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.Constant:
        return ast.Constant("")


def _with_imports_sorted(body: list[ast.stmt]) -> list[ast.stmt]:
    """Each run of imports in an order of its own."""
    found: list[ast.stmt] = []
    imports: list[ast.stmt] = []
    for node in [*body, None]:
        if isinstance(node, ast.Import | ast.ImportFrom):
            node.names.sort(key=lambda alias: alias.name)
            imports.append(node)
            continue
        found += sorted(imports, key=_written)
        imports = []
        if node is not None:
            found.append(node)
    return found
