"""Config files as they are written, for what is lost once YAML has been read."""

import re
from collections.abc import Mapping
from itertools import accumulate, chain
from pathlib import Path
from typing import Any, ClassVar

import yaml

from ablate.errors import AblateError
from ablate.settings import plain
from ablate.settings.refusal import shown

# What libyaml leaves the reader to guess.
ADVICE = {
    "mapping values are not allowed in this context": (
        "; text that holds ': ' needs quotes, and keys of one mapping begin in one column"
    ),
    "did not find expected key": (
        "; keys of one mapping begin in one column, and ': ' follows each, with its space"
    ),
    "found unexpected ':'": "; a space belongs after it",
}
# Far beyond any config, and far below what makes the C parser crash: it recurses unguarded.
DEEPEST = 200


class _Strict(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """YAML's safe loader, but for YAML 1.2's numbers and words, and keys that stand once, as text.

    PyYAML follows YAML 1.1, in which 012 is 10, 1:30 is 90, 1e-3 is text, and on, off, yes and no
    are true and false.
    """

    yaml_implicit_resolvers: ClassVar = {None: []}

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (ValueError, LookupError, AttributeError, TypeError):
            # A value that its tag does not suit, such as !!int x.
            raise yaml.constructor.ConstructorError(
                problem=f"{shown(node.value)} is not a valid {node.tag.rpartition(':')[2]}",
                problem_mark=node.start_mark,
            ) from None

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Copy in what `<<` merges, of which a few lines can make more than any memory holds."""
        super().flatten_mapping(node)
        if len(node.value) > plain.MOST_VALUES:
            raise yaml.constructor.ConstructorError(
                problem=f"more than {plain.MOST_VALUES:,} values", problem_mark=node.start_mark
            )


def _mapping(loader: _Strict, node: yaml.MappingNode) -> dict[str, Any]:
    lines: dict[str, int] = {}
    for key_node, value_node in node.value:
        if key_node.tag == "tag:yaml.org,2002:merge":
            continue
        key, line = loader.construct_object(key_node, deep=True), key_node.start_mark.line + 1
        if not isinstance(key, str):
            fault = _no_name(key_node, is_alone=node.flow_style and _is_nothing(value_node))
            raise yaml.constructor.ConstructorError(problem=f"line {line}: {fault}")
        if key in lines:
            raise yaml.constructor.ConstructorError(
                problem=f"line {line}: duplicate key {shown(key)}, first in line {lines[key]}"
            )
        lines[key] = line
    loader.flatten_mapping(node)
    return yaml.SafeLoader.construct_mapping(loader, node, deep=True)


def _is_nothing(node: yaml.Node) -> bool:
    """Whether nothing at all is written for a value."""
    return isinstance(node, yaml.ScalarNode) and node.start_mark.index == node.end_mark.index


def _no_name(key: yaml.Node, is_alone: bool) -> str:
    """What is wrong with a key that is no text, which is shown as it is written."""
    if is_alone and isinstance(key, yaml.ScalarNode):
        return f"found {key.value} after a comma, with no value: decimals are written with a point"
    if not isinstance(key, yaml.ScalarNode):
        return "found a list or mapping as a key, text is needed"
    kind = {"int": "a number", "float": "a number", "bool": "true or false"}.get(
        key.tag.rpartition(":")[2], "nothing"
    )
    return f'found the key {key.value}, which YAML reads as {kind}: write "{key.value}", in quotes'


def _bool(loader: _Strict, node: yaml.ScalarNode) -> bool:
    return {"true": True, "false": False}[loader.construct_scalar(node).lower()]


def _int(loader: _Strict, node: yaml.ScalarNode) -> int:
    text = loader.construct_scalar(node)
    return int(text, 0) if text[:2] in ("0o", "0x") else int(text)


def _float(loader: _Strict, node: yaml.ScalarNode) -> float:
    # Infinity and what is no number are written with a dot.
    return float(re.sub(r"\.(?=[inIN])", "", loader.construct_scalar(node)))


# YAML 1.2.2, section 10.3.2, the core schema; and the merge key, which many tools know.
CORE = {
    "null": r"~|null|Null|NULL|",
    "bool": r"true|True|TRUE|false|False|FALSE",
    "int": r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+",
    "float": (
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
        r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
    ),
    "merge": r"<<",
}
for _kind, _pattern in CORE.items():
    _Strict.add_implicit_resolver(
        f"tag:yaml.org,2002:{_kind}", re.compile(rf"(?:{_pattern})\Z"), None
    )
for _kind, _constructor in {"bool": _bool, "int": _int, "float": _float, "map": _mapping}.items():
    _Strict.add_constructor(f"tag:yaml.org,2002:{_kind}", _constructor)


def read(path: str | Path) -> dict[str, Any]:
    """The mapping in a YAML file; nothing in it is ever run.

    Raises:
        AblateError: the file is missing, is no YAML, no mapping, has a key twice in one mapping,
            holds what no setting can mean or more than any config does, or asks Snakemake to run
            expressions in it.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
        if _nested(text) > DEEPEST:
            raise RecursionError
        found = yaml.load(text, _Strict)
    except OSError as error:
        raise AblateError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise AblateError(f"{path}: not UTF-8 text") from None
    except RecursionError:
        raise AblateError(f"{path}: nested too deeply") from None
    except yaml.YAMLError as error:
        raise AblateError(f"{path}: {_problem(error, text)}") from None
    if not isinstance(found, dict):
        kind = {type(None): "nothing", list: "a list"}.get(type(found), "a single value")
        raise AblateError(f"{path}: found {kind}, a mapping of keys is needed")
    try:
        # Before anybody copies it: aliases can unfold a few lines into more than memory holds.
        plain.check(found)
    except AblateError as error:
        raise AblateError(f"{path}: {error}") from None
    if "__use_yte__" in found:
        raise AblateError(
            f"{path}: __use_yte__ would have its expressions run; a config holds settings alone"
        )
    return found


def setting(given: str) -> dict[str, Any]:
    """What one key=value of --config sets.

    Raises:
        AblateError: it is not of this form.
    """
    key, equals, value = given.partition("=")
    if not equals or not re.fullmatch(r"[A-Za-z_][\w.-]*", key):
        raise AblateError(f"--config: found {given!r}, key=value is needed, such as preset=demo")
    if "." in key:
        first, *deeper = key.split(".")
        for inner in reversed(deeper):
            value = f"{{{inner}: {value}}}"
        raise AblateError(
            f"--config: found {given!r}, but it sets keys of the top level: write "
            f"'{first}={value}', in quotes"
        )
    return {key: retyped(value)}


def retyped(given: Any) -> Any:
    """A value of --config as YAML has it: Snakemake leaves text wherever it stands in a list."""
    if isinstance(given, str):
        try:
            return yaml.load(given, _Strict) if _nested(given) <= DEEPEST else given
        except yaml.YAMLError:
            return given
    if isinstance(given, Mapping):
        return {key: retyped(value) for key, value in given.items()}
    return [retyped(value) for value in given] if isinstance(given, list) else given


def _nested(text: str) -> int:
    """More levels than the text nests: brackets left open, or columns of a line's beginning."""
    left_open = accumulate((char in "[{") - (char in "]}") for char in text)
    columns = (len(line) - len(line.lstrip(" -?:")) for line in text.splitlines())
    return max(chain(left_open, columns), default=0)


def _problem(error: yaml.YAMLError, text: str) -> str:
    problem = getattr(error, "problem", None) or " ".join(str(error).split())
    if problem.startswith("but "):
        problem = f"{error.context}, {problem}"
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return problem
    if text[mark.index : mark.index + 1] == "\t":
        problem = "found a tab, where YAML takes spaces alone"
    opened = getattr(error, "context_mark", None)
    if opened is not None and "flow" in error.context and opened.line != mark.line:
        problem = f"{problem}, of the bracket that line {opened.line + 1} opens"
    return f"line {mark.line + 1}: {problem}{ADVICE.get(problem, '')}"
