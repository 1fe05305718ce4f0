"""Writes the JSON schema of config.yaml, by which editors complete and check its keys.

`make generate` writes workflow/schemas/config.schema.json; a test keeps the two in step. What the
schema cannot say (a row that exists, a batch that leaves one image) is checked when Snakemake
starts.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from ablate.settings import (
    Activation,
    Augmentation,
    Criterion,
    Normalize,
    Optimizer,
    Run,
    Schedule,
    own,
)
from ablate.settings.config import Config
from ablate.settings.figure import DRAWN_FROM, Member
from ablate.settings.model import OURS, Torchvision, network_names
from ablate.settings.named import TorchNamed, vocabulary
from ablate.settings.study import Family, Row, Study

PATH = Path(__file__).parents[2] / "schemas" / "config.schema.json"

Schema = dict[str, Any]
KINDS: dict[str, Schema] = {
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "text": {"type": "string"},
    "numbers": {"type": "array", "items": {"type": "number"}},
    # Of one's own code alone.
    "any": {},
    "list": {"type": "array"},
}
OWN_NAME: Schema = {
    "type": "string",
    "pattern": own.NAME,
    "description": "one's own: file.name, in the folder of extensions",
}


class _Untitled(GenerateJsonSchema):
    """Without a title a key, which would repeat the key."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def schema() -> Schema:
    """The JSON schema (draft 2020-12) of config.yaml."""
    config = Config.model_json_schema(schema_generator=_Untitled)
    run = Run.model_json_schema(schema_generator=_Untitled)
    delta = _mapping(_paths(run["properties"], run["$defs"]))
    defs = {
        **config["$defs"],
        **run["$defs"],
        **{cls.__name__: _torch_class(cls) for cls in (Activation, Criterion, Optimizer, Schedule)},
        "Delta": {
            **delta,
            # Of one's own networks, whose arguments their signatures tell.
            "patternProperties": {r"^model\.arguments\.|^augmentation\.[a-z_]\w*\.": True},
            "description": "setting path -> value",
        },
        "Recipe": _recipe(run["properties"]),
    }
    defs["Augmentation"]["additionalProperties"] = False
    defs["Augmentation"]["patternProperties"] = {own.NAME: {"type": ["object", "null"]}}
    defs["OwnSource"] |= _by_name("source", "arguments")
    defs["Figure"] |= _by_name("draw", "options", DRAWN_FROM)
    for model in (Row, Study, Family, Member):
        defs[model.__name__]["properties"]["set"] = _ref("Delta")
    lists = {path: _list(path) for path in delta["properties"]}
    defs["Family"]["properties"]["over"] |= _mapping(lists)
    named = {path: {"anyOf": [lists[path], _named(path)]} for path in lists}
    defs["Study"]["properties"]["grid"] |= _mapping(named)
    config["properties"]["recipes"] = {"type": "object", "additionalProperties": _ref("Recipe")}
    # An overlay holds a part of a config.
    del config["required"]
    config["$defs"] = dict(sorted(defs.items()))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **config}


def text() -> str:
    """The schema as it is checked in: a line a key."""
    return _spread(schema(), depth=4) + "\n"


def _spread(value: Any, depth: int, indent: str = "") -> str:
    if not depth or not isinstance(value, dict) or not value:
        return json.dumps(value)
    inner = [
        f"{indent} {json.dumps(key)}: {_spread(part, depth - 1, indent + ' ')}"
        for key, part in value.items()
    ]
    return "{\n" + ",\n".join(inner) + f"\n{indent}}}"


def _paths(settings: Schema, defs: Schema) -> Schema:
    """The schema of every setting that a delta can change, by its dotted path."""
    paths = dict(settings)
    for family in (*OURS, Torchvision):
        paths |= _under("model", defs[family.__name__]["properties"])
    paths["model.name"] = {"anyOf": [{"enum": network_names()}, OWN_NAME]}
    own_ones = {name: own.signature(name) for name in own.known()}
    paths |= _under(
        "model.arguments", _of_all([*vocabulary()["network"].values(), *own_ones.values()])
    )
    for group, cls in (
        ("model.activation", Activation),
        ("optimizer", Optimizer),
        ("schedule", Schedule),
        ("loss", Criterion),
    ):
        known = vocabulary()[cls.what]
        names: Schema = {"enum": [*known]}
        if cls.own_allowed:
            names = {"anyOf": [{"enum": [*known, *own_ones]}, OWN_NAME]}
            known = {**known, **own_ones}
        paths |= _under(group, {"name": names, **_of_all(known.values())})
    paths |= _under("augmentation", defs[Augmentation.__name__]["properties"])
    for transform, field in Augmentation.model_fields.items():
        settings_of = next(arg for arg in field.annotation.__args__ if arg is not type(None))
        paths |= _under(f"augmentation.{transform}", defs[settings_of.__name__]["properties"])
    return paths | _under("normalize", defs[Normalize.__name__]["properties"])


def _under(path: str, properties: Schema) -> Schema:
    return {f"{path}.{name}": value for name, value in properties.items()}


def _of_all(classes: Iterable[Schema]) -> Schema:
    """Every argument that any class takes."""
    return {n: KINDS[entry["kind"]] for known in classes for n, entry in known.items() if n != "**"}


def _by_name(key: str, group: str, given: Iterable[str] = ()) -> Schema:
    """What a mapping holds under `group` where its `key` names a function of one's own.

    given: arguments that settings do not give.
    """
    cases = []
    for name in own.known():
        known = own.signature(name)
        taken = {n: KINDS[e["kind"]] for n, e in known.items() if n != "**" and n not in given}
        inner = {**_mapping(taken), "additionalProperties": "**" in known}
        named = {"properties": {key: {"const": name}}, "required": [key]}
        cases.append({"if": named, "then": {"properties": {group: inner}}})
    return {"allOf": cases} if cases else {}


def _torch_class(cls: type[TorchNamed]) -> Schema:
    """One of torch's classes: its bare name, or a mapping with its own arguments."""
    known = vocabulary()[cls.what]
    bare = [n for n, taken in known.items() if not any("required" in e for e in taken.values())]
    mappings = [
        {
            **_mapping({"name": {"const": name}, **{a: _argument(e) for a, e in taken.items()}}),
            "required": ["name", *(a for a, e in taken.items() if "required" in e)],
        }
        for name, taken in known.items()
    ]
    mine = {"type": "object", "properties": {"name": OWN_NAME}, "required": ["name"]}
    allowed = [OWN_NAME, mine] if cls.own_allowed else []
    return {"description": cls.__doc__, "anyOf": [{"enum": bare}, *mappings, *allowed]}


def _argument(entry: Schema) -> Schema:
    default = {"default": entry["default"]} if "default" in entry else {}
    return {**KINDS[entry["kind"]], **default}


def _recipe(settings: Schema) -> Schema:
    """A run's settings, or another recipe and what changes."""
    plain = {
        name: {k: v for k, v in value.items() if k != "default"} for name, value in settings.items()
    }
    derived = _mapping({"recipe": {"type": "string"}, "set": _ref("Delta")})
    return {"anyOf": [_mapping(plain), {**derived, "required": ["recipe"]}]}


def _list(path: str) -> Schema:
    return {"type": "array", "items": _value(path), "minItems": 1}


def _named(path: str) -> Schema:
    return {"type": "object", "additionalProperties": _value(path), "minProperties": 1}


def _value(path: str) -> Schema:
    return {"$ref": f"#/$defs/Delta/properties/{path}"}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _mapping(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False}
