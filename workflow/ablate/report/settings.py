"""Settings side by side: flat names, and what differs from a control."""

from typing import Any

from ablate.report.wording import flat


def named(settings: dict[str, Any]) -> dict[str, str]:
    """A run's settings as {"optimizer.lr": "0.1"}; what is chosen by name loses the ".name"."""
    return {
        path.removesuffix(".name") if path != "model.name" else path: value
        for path, value in flat(settings).items()
    }


def differing(rows: list[dict[str, str]]) -> list[str]:
    """The settings in which the rows are not all equal, in the order in which they appear.

    A group that one row leaves empty ("{}") is told by the settings that others have in it.
    """
    paths = dict.fromkeys(path for row in rows for path in row)
    values = {path: {row.get(path) for row in rows} for path in paths}
    emptied = {path for path in paths if values[path] == {"{}", None}}
    groups = {path for path in emptied if any(other.startswith(f"{path}.") for other in paths)}
    return [path for path in paths if len(values[path]) > 1 and path not in groups]
