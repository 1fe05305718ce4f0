"""A class or function that a setting names: a library's, or one's own in a file of extensions."""

import importlib
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any


def find(library: ModuleType, name: str) -> Any:
    """What `library` has under `name`; a name with a dot is one's own: file.name."""
    return own(name) if "." in name else getattr(library, name)


def own(name: str) -> Any:
    """One's own class or function, written file.name.

    Raises:
        AblateError: its file is not there, fails to load, or lacks it.
    """
    return _extensions().find(name)


def transform(name: str, arguments: Mapping[str, Any]) -> Any:
    """One's own transform, as the pipeline wants it."""
    return _extensions().transform(name, arguments)


def python_random(seed: int) -> Any:
    """The generators of Python and numpy, which one's own code may draw from, seeded."""
    return _extensions().PythonRandom(seed)


def blame(error: BaseException) -> str | None:
    """What to say of an error that one's own code raised; None where it did not."""
    extensions = sys.modules.get("ablate.extensions")
    return extensions.described(error) if extensions and extensions.raised(error) else None


def _extensions() -> ModuleType:
    # Loaded where it is chosen, so that it counts in the code of those runs alone.
    return importlib.import_module("ablate.extensions")
