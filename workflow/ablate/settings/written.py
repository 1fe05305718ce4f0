"""Config files as they are written, for what is lost once YAML has been read."""

from collections.abc import Mapping
from itertools import accumulate, chain
from pathlib import Path
from typing import Any

import yaml

from ablate.errors import AblateError
from ablate.settings.named import shown

# Far beyond any config, and far below what makes the C parser crash: it recurses unguarded.
DEEPEST = 200


class _Strict(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """YAML's safe loader, except that a key must not stand twice in one mapping."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (ValueError, LookupError, AttributeError, TypeError):
            # A value that its tag does not suit, such as the date 2020-13-01.
            raise yaml.constructor.ConstructorError(
                problem=f"{shown(node.value)} is no {node.tag.rpartition(':')[2]}",
                problem_mark=node.start_mark,
            ) from None


def _mapping(loader: _Strict, node: yaml.MappingNode) -> dict[Any, Any]:
    lines: dict[Any, int] = {}
    for key_node, _ in node.value:
        if key_node.tag == "tag:yaml.org,2002:merge":
            continue
        key, line = loader.construct_object(key_node, deep=True), key_node.start_mark.line + 1
        if not isinstance(key, str | int | float | bool | type(None)):
            raise yaml.constructor.ConstructorError(problem=f"line {line}: {shown(key)} is no key")
        if key in lines:
            raise yaml.constructor.ConstructorError(
                problem=f"line {line}: {shown(key)} stands in this mapping already, "
                f"in line {lines[key]}"
            )
        lines[key] = line
    loader.flatten_mapping(node)
    return yaml.SafeLoader.construct_mapping(loader, node, deep=True)


_Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read(path: str | Path) -> dict[str, Any]:
    """The mapping in a YAML file; nothing in it is ever run.

    Raises:
        AblateError: the file is missing, is no YAML, no mapping, has a key twice in one mapping, or
            asks Snakemake to run expressions in it.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
        if _nested(text) > DEEPEST:
            raise RecursionError
        found = yaml.load(text, _Strict)
    except OSError as error:
        raise AblateError(f"{path}: it cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise AblateError(f"{path}: it is not text in UTF-8") from None
    except RecursionError:
        raise AblateError(f"{path}: it is nested too deeply") from None
    except yaml.YAMLError as error:
        raise AblateError(f"{path}: {_problem(error)}") from None
    if not isinstance(found, dict):
        kind = {type(None): "nothing", list: "a list"}.get(type(found), "a single value")
        raise AblateError(f"{path}: found {kind}, a mapping of keys is needed")
    if "__use_yte__" in found:
        raise AblateError(
            f"{path}: __use_yte__ would have its expressions run; a config holds settings alone"
        )
    return found


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


def _problem(error: yaml.YAMLError) -> str:
    problem = getattr(error, "problem", None) or " ".join(str(error).split())
    if problem.startswith("but "):
        problem = f"{error.context}, {problem}"
    mark = getattr(error, "problem_mark", None)
    return f"line {mark.line + 1}: {problem}" if mark is not None else problem
