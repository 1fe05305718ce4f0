"""Settings, data and times in words."""

import json
from collections.abc import Iterable
from typing import Any

from ablate.data.manifest import Manifest
from ablate.tables.cells import out_of


def flat(settings: dict[str, Any], prefix: str = "") -> dict[str, str]:
    """Nested settings as {"optimizer.lr": "0.1"}, values as JSON but texts bare."""
    entries = {}
    for name, value in settings.items():
        if isinstance(value, dict) and value:
            entries |= flat(value, f"{prefix}{name}.")
        else:
            entries[f"{prefix}{name}"] = value if isinstance(value, str) else json.dumps(value)
    return entries


def data(manifest: Manifest, trained: Iterable[int] = ()) -> str:
    """Which images these are and how many; `trained`: how many each run was trained on."""
    kind = "synthetic images" if manifest.synthetic else "images"
    train = out_of([*trained] or [manifest.train], manifest.train_of)
    test = out_of([manifest.test], manifest.test_of)
    height, width = manifest.size
    return (
        f"{manifest.name}: {train} training and {test} test {kind}, {height}×{width}, "
        f"{len(manifest.classes)} classes"
    )


def seeds(numbers: Iterable[int]) -> str:
    """Seeds as "seed 0" or "seeds 0, 1, 2"."""
    distinct = sorted(set(numbers))
    return f"seed{'s' * (len(distinct) != 1)} {', '.join(map(str, distinct)) or 'none'}"


def duration(seconds: float) -> str:
    """Seconds as hours, minutes or seconds, whichever reads best."""
    if seconds >= 5400:
        return f"{seconds / 3600:.1f} hours"
    return f"{seconds / 60:.1f} minutes" if seconds >= 90 else f"{seconds:.1f} seconds"
