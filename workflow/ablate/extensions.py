"""One's own code: classes and functions in the Python files of one folder.

Each file is loaded by its path, as a module of a package of its own: its name can shadow nothing,
and it imports what lies beside it relatively (`from .blocks import Block`).
"""

import importlib
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

from ablate.errors import AblateError

PACKAGE = "ablate_extensions"


def use(folder: Path) -> None:
    """Look for files in `folder` from now on."""
    package = ModuleType(PACKAGE)
    package.__path__ = [str(folder.absolute())]
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]
    sys.modules[PACKAGE] = package


def find(name: str) -> Any:
    """The class or function written file.name.

    Raises:
        AblateError: the file is not there or fails to load, or there is no such name in it.
    """
    file, _, inner = name.partition(".")
    if PACKAGE not in sys.modules:
        raise AblateError(f"{name}: no folder of extensions is given")
    try:
        return getattr(importlib.import_module(f"{PACKAGE}.{file}"), inner)
    except AttributeError:
        raise AblateError(f"{_path(file)}: found no {inner!r} in it") from None
    except Exception as error:
        raise AblateError(f"{_path(file)} fails to load: {described(error)}") from error


def described(error: BaseException) -> str:
    """An error that one's own code raised, with the innermost line of that code."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(_folder())]
    line = f" (line {own[-1].lineno} of {Path(own[-1].filename).name})" if own else ""
    return f"{type(error).__name__}: {error}{line}"


def raised(error: BaseException) -> bool:
    """Whether an error passed through one's own code."""
    if PACKAGE not in sys.modules:
        return False
    frames = traceback.extract_tb(error.__traceback__)
    return any(Path(frame.filename).is_relative_to(_folder()) for frame in frames)


def _folder() -> Path:
    return Path(sys.modules[PACKAGE].__path__[0])


def _path(file: str) -> Path:
    return _folder() / f"{file}.py"
