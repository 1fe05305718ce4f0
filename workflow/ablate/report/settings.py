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
    model = settings.get("model")
    return {
        **settings,
        **({"model": _with_defaults(model, "activation")} if isinstance(model, dict) else {}),
        **{
            what: _with_defaults(settings, what)[what]
            for what in ("optimizer", "schedule", "loss")
            if what in settings
        },
    }


def _with_defaults(group: dict[str, Any], what: str) -> dict[str, Any]:
    """A group of settings in which the class named under `what` has torch's defaults too."""
    given = group.get(what)
    known = vocabulary()[what].get(given["name"], {}) if isinstance(given, dict) else {}
    defaults = {name: kind["default"] for name, kind in known.items() if "default" in kind}
    return {**group, what: {**given, **defaults, **given}} if defaults else group


def differing(rows: list[dict[str, str]]) -> list[str]:
    """The settings in which the rows are not all equal, in the order in which they appear.

    A group that one row leaves empty ("{}") is told by the settings that others have in it.
    """
    paths = dict.fromkeys(path for row in rows for path in row)
    values = {path: {row.get(path) for row in rows} for path in paths}
    emptied = {path for path in paths if values[path] == {"{}", None}}
    groups = {path for path in emptied if any(other.startswith(f"{path}.") for other in paths)}
    return [path for path in paths if len(values[path]) > 1 and path not in groups]
