"""One's own code as a config sees it: the files of the folder `extensions`, read and not run.

A class or function is written file.name: `my_networks.TinyNet` is TinyNet in my_networks.py. Its
arguments are those of its signature, with kinds from annotations and defaults; none of it is
imported here.
"""

import ast
import re
import tokenize
from functools import cache
from pathlib import Path
from typing import Any

from ablate.errors import AblateError
from ablate.settings.refusal import nearest, refuse, shown

# The package in which the files are loaded; no module of another can be of this name.
PACKAGE = "ablate_extensions"
NAME = r"^[A-Za-z_]\w*\.[A-Za-z_]\w*$"
# How Python code names what settings name by its last word alone.
TORCHS = ("torch", "torchvision", "nn", "optim", "lr_scheduler", "models", "transforms")
# Beside the names that are allowed where one's own code is.
YOURS = "your own as file.name"
KINDS = {"int": "integer", "float": "number", "bool": "boolean", "str": "text"}

_folder: list[Path] = []


def use(folder: Path | None) -> None:
    """Look for files in `folder` from now on; None: take every name and argument as written."""
    _folder[:] = [] if folder is None else [folder.absolute()]


def folder() -> Path | None:
    """The folder in use."""
    return _folder[0] if _folder else None


def is_own(name: Any) -> bool:
    """Whether a name is one's own, file.name."""
    return isinstance(name, str) and "." in name


def module(name: str) -> str:
    """The module that holds file.name."""
    return f"{PACKAGE}.{name.partition('.')[0]}"


def source(module: str) -> Path | None:
    """The file of a module of one's own; None where there is no such module or no folder."""
    _, _, inner = module.partition(".")
    if not _folder or not inner:
        return None
    path = _folder[0].joinpath(*inner.split("."))
    files = (path.with_suffix(".py"), path / "__init__.py")
    return next((file for file in files if file.is_file()), None)


def known() -> list[str]:
    """All public classes and functions of one's own, file.name; files that are no Python aside."""
    found = []
    for file in sorted(_folder[0].glob("[a-zA-Z]*.py")) if _folder else ():
        try:
            found += [f"{file.stem}.{name}" for name in _definitions(*_stamp(file))]
        except AblateError:
            continue
    return found


def signature(
    name: str, given: int = 0, given_to_function: int = 0, by_name: tuple[str, ...] = ()
) -> dict[str, Any] | None:
    """The arguments of file.name that settings give: name -> kind and default, or required.

    None where no folder is in use, so that settings of finished runs are read without it.

    Args:
        given: how many first arguments training gives, of a class that it calls.
        given_to_function: the same of a function.
        by_name: what training gives by name.

    Raises:
        PydanticCustomError: there is no such file, class or function, or it is no Python.
    """
    if not _folder:
        return None
    file, _, inner = name.partition(".")
    path = source(f"{PACKAGE}.{file}")
    if path is None:
        raise refuse(f"{shown(name)}: no file {file}.py in {_folder[0]}; {_nearest(name, known())}")
    try:
        definitions = _definitions(*_stamp(path))
    except AblateError as error:
        raise refuse(str(error)) from None
    if inner not in definitions:
        names = [f"{file}.{other}" for other in definitions]
        raise refuse(
            f"{shown(name)}: no class or function of this name stands in {path}; "
            f"{_nearest(name, names)}"
        )
    definition = definitions[inner]
    if isinstance(definition, ast.FunctionDef):
        taken = _of_function(definition, given_to_function)
    else:
        taken = _of_class(definition, definitions, given)
    return {argument: entry for argument, entry in taken.items() if argument not in by_name}


def _nearest(name: str, names: list[str]) -> str:
    """What is allowed, if anything is; or what else such a name shows to be meant."""
    if name.endswith(".py"):
        return f"write {name.removesuffix('py')}Name, a class or function in that file"
    if name.partition(".")[0] in TORCHS:
        return f"torch's own is named without its module: {name.rpartition('.')[2]}"
    return nearest(name, names) if names else "there is none at all"


def _stamp(path: Path) -> tuple[Path, int]:
    return path, path.stat().st_mtime_ns


def text(path: Path) -> str:
    """A file of Python as Python reads it: in the encoding that it states.

    Raises:
        SyntaxError: it states one that there is not.
    """
    with tokenize.open(path) as file:
        return file.read()


@cache
def _definitions(path: Path, _: int) -> dict[str, ast.AST]:
    """The public classes and functions that stand at the top of a file."""
    try:
        tree = ast.parse(text(path))
    except SyntaxError as error:
        line = f", line {error.lineno}" if error.lineno else ""
        raise AblateError(f"{path}{line}: {error.msg}") from None
    except (OSError, ValueError) as error:
        raise AblateError(f"{path}: it cannot be read: {error}") from None
    kinds = ast.ClassDef | ast.FunctionDef
    return {n.name: n for n in tree.body if isinstance(n, kinds) and not n.name.startswith("_")}


def _of_class(node: ast.ClassDef, beside: dict[str, ast.AST], given: int) -> dict[str, Any]:
    if _is_dataclass(node):
        return dict(list(_fields(node).items())[given:])
    init = _init(node, beside)
    return {} if init is None else _of_function(init, given + 1)


def _init(node: ast.ClassDef, beside: dict[str, ast.AST]) -> ast.FunctionDef | None:
    """__init__ of a class, or of the first base in the same file that has one."""
    for inner in node.body:
        if isinstance(inner, ast.FunctionDef) and inner.name == "__init__":
            return inner
    for base in node.bases:
        parent = beside.get(base.id) if isinstance(base, ast.Name) else None
        if isinstance(parent, ast.ClassDef) and parent is not node:
            return _init(parent, beside)
    return None


def _of_function(node: ast.FunctionDef, given: int) -> dict[str, Any]:
    positional = [*node.args.posonlyargs, *node.args.args]
    if len(positional) < given and node.args.vararg is None:
        takes = f"{len(positional)} argument{'' if len(positional) == 1 else 's'}"
        raise refuse(
            f"{node.name} in line {node.lineno} takes {takes} by position, but is given {given}"
        )
    defaults = [None] * (len(positional) - len(node.args.defaults)) + node.args.defaults
    pairs = list(zip(positional, defaults, strict=True))[given:]
    pairs += zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    found = {argument.arg: _entry(argument.annotation, default) for argument, default in pairs}
    return {**found, "**": {"kind": "any"}} if node.args.kwarg else found


def _fields(node: ast.ClassDef) -> dict[str, Any]:
    fields = [
        n for n in node.body if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)
    ]
    return {field.target.id: _entry(field.annotation, field.value) for field in fields}


def _is_dataclass(node: ast.ClassDef) -> bool:
    return any("dataclass" in ast.dump(decorator) for decorator in node.decorator_list)


def _entry(annotation: ast.AST | None, default: ast.AST | None) -> dict[str, Any]:
    """An argument's kind, and its default where that is a plain value."""
    written = ast.unparse(annotation).strip("'\"") if annotation is not None else ""
    kind = KINDS.get(written, "any")
    if re.match(r"(list|tuple|Sequence|Iterable)\b", written):
        kind = "list"
    if default is None:
        return {"kind": kind, "required": True}
    try:
        value = ast.literal_eval(default)
    except ValueError:
        return {"kind": kind}
    if not written and value is not None:
        kind = KINDS.get(type(value).__name__, "list" if isinstance(value, tuple | list) else "any")
    return {"kind": kind, "default": list(value) if isinstance(value, tuple) else value}
