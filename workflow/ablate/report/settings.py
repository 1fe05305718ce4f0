"""Settings side by side: flat names, and what differs from a control."""

from typing import Any

from ablate.report.wording import flat
from ablate.settings.named import vocabulary


def named(settings: dict[str, Any]) -> dict[str, str]:
    """A run's settings as {"optimizer.lr": "0.1"}; what is chosen by name loses the ".name".

    A record leaves out torch's own defaults. Here they stand, so that a row which changes one can
    be set beside a row which does not.
    """
    return {
        path.removesuffix(".name") if path != "model.name" else path: value
        for path, value in flat(_spelt_out(settings)).items()
    }


def _spelt_out(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings in which torch's classes have all their arguments."""
    found = {
        name: _with_defaults(name, value) if name in vocabulary() else value
        for name, value in settings.items()
    }
    model = found.get("model")
    if isinstance(model, dict) and "activation" in model:
        found["model"] = {**model, "activation": _with_defaults("activation", model["activation"])}
    return found


def _with_defaults(what: str, given: Any) -> Any:
    """One of torch's classes with the arguments that it was not given; other values as they are."""
    known = vocabulary()[what].get(given["name"], {}) if isinstance(given, dict) else {}
    defaults = {name: kind["default"] for name, kind in known.items() if "default" in kind}
    return {**given, **defaults, **given} if defaults else given


def differing(rows: list[dict[str, str]]) -> list[str]:
    """The settings in which the rows are not all equal, in the order in which they appear.

    A group that one row leaves empty ("{}") is told by the settings that others have in it.
    """
    paths = dict.fromkeys(path for row in rows for path in row)
    values = {path: {row.get(path) for row in rows} for path in paths}
    emptied = {path for path in paths if values[path] == {"{}", None}}
    groups = {path for path in emptied if any(other.startswith(f"{path}.") for other in paths)}
    return [path for path in paths if len(values[path]) > 1 and path not in groups]
