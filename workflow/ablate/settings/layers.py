"""Config files and settings laid one over the other, as whoever wrote them means it.

Mappings are merged key by key, and all else is replaced. But images are of one source: a layer that
names another one leaves of the layers below it only what holds for images of both.
"""

from collections.abc import Mapping
from functools import reduce
from typing import Any

from ablate.settings import data


def laid(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """The layers as one config, each over those before it, which stay as they are."""
    return reduce(_over, layers, {})


def _over(config: Mapping[str, Any], layer: Mapping[str, Any]) -> dict[str, Any]:
    below = _without_former_source(config, layer)
    presets, over = _mapping(below, "presets"), _mapping(layer, "presets")
    changed = {
        name: _without_former_source(presets[name], over[name])
        for name in presets.keys() & over.keys()
    }
    if changed:
        below = {**below, "presets": {**presets, **changed}}
    return _merged(below, layer)


def _without_former_source(below: Any, layer: Any) -> Any:
    """A config or preset, without what its `data` says of another source than the layer names."""
    images, over = _mapping(below, "data"), _mapping(layer, "data")
    if not images or "source" not in over:
        return below
    lost = data.forgotten(images.get("source", data.DEFAULT), over["source"])
    return {**below, "data": {key: value for key, value in images.items() if key not in lost}}


def _mapping(config: Any, key: str) -> Mapping[str, Any]:
    """The mapping under a key; an empty one where there is none."""
    found = config.get(key) if isinstance(config, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _merged(below: Any, layer: Any) -> Any:
    if not (isinstance(below, Mapping) and isinstance(layer, Mapping)):
        return layer
    return {**below, **{key: _merged(below.get(key), value) for key, value in layer.items()}}
