"""A class or function that a setting names: the library's, or one's own."""

import importlib
from types import ModuleType
from typing import Any


def find(library: ModuleType, name: str) -> Any:
    """What `library` has under `name`; a name with a dot is one's own: file.name."""
    if "." not in name:
        return getattr(library, name)
    # Loaded where it is chosen, so that it counts in the code of those runs alone.
    return importlib.import_module("ablate.extensions").find(name)
