"""Settings, data and times in words."""

import json
from collections.abc import Iterable
from typing import Any

from ablate.data.manifest import Manifest
from ablate.tables.cells import counted


def setting(settings: dict[str, Any]) -> str:
    """A run's resolved settings in one line, in torch's own vocabulary."""
    schedule = settings.get("schedule")
    model = settings["model"]
    if not model.get("dropout"):
        model = {k: v for k, v in model.items() if k not in ("dropout", "dropout_place")}
    parts = [
        _call(model),
        _call(settings["optimizer"]),
        _call(schedule) if schedule else "constant learning rate",
        *_lengths(settings),
        *_augmentation(settings.get("augmentation") or {}),
    ]
    return "; ".join(parts)


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
    train = counted([*trained] or [manifest.train], manifest.train_of)
    test = counted([manifest.test], manifest.test_of)
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


def _call(named: dict[str, Any]) -> str:
    """{"name": "SGD", "lr": 0.1} as SGD(lr=0.1); what is off is left out."""
    arguments = [
        f"{name}={value['name'] if isinstance(value, dict) else value}"
        for name, value in named.items()
        if name != "name" and value is not None and value is not False
    ]
    return f"{named['name']}({', '.join(arguments)})"


def _lengths(settings: dict[str, Any]) -> list[str]:
    steps, epochs = settings.get("steps"), settings.get("epochs")
    length = f"{steps:,} steps" if steps else f"{epochs} epoch{'s' * (epochs != 1)}"
    whole = settings.get("schedule_epochs")
    follows = f" (of the report's {whole}, followed by progress)" if whole else ""
    return [f"batch {settings['batch_size']}", length + follows]


def _augmentation(transforms: dict[str, Any]) -> list[str]:
    named = [_call({"name": name, **arguments}) for name, arguments in transforms.items()]
    return [" + ".join(named)] if named else ["no augmentation"]
