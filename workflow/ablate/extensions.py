"""One's own code: classes and functions in the Python files of one folder.

Each file is loaded by its path, as a module of a package of its own: its name can shadow nothing,
and it imports what lies beside it relatively (`from .blocks import Block`).
"""

import functools
import importlib
import random
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from torch import Tensor

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


class Transform:
    """One's own transform: a function of images [B, 3, H, W] in 0..1 and, where it draws, numbers.

    An instance of a class is called with images and its `uniforms` numbers u [B, uniforms] an
    image, one without uniforms, and a function, with images alone. `stage`, "colour" unless given,
    says when it acts.
    """

    def __init__(self, work: Any) -> None:
        self.work = work
        self.stage = getattr(work, "stage", "colour")
        self.place = getattr(work, "place", 100)
        self.uniforms = getattr(work, "uniforms", 0)

    def __call__(self, images: Tensor, u: Tensor) -> Tensor:
        return self.work(images, u) if self.uniforms else self.work(images)


def transform(name: str, arguments: Mapping[str, Any]) -> Transform:
    """The transform written file.name with its arguments.

    Raises:
        AblateError: it refuses them.
    """
    found = find(name)
    if not isinstance(found, type):
        return Transform(functools.partial(found, **arguments))
    return Transform(built(name, found, arguments))


def built(name: str, kind: Any, arguments: Mapping[str, Any]) -> Any:
    """What one's own class or function makes of arguments.

    Raises:
        AblateError: it raises an error.
    """
    try:
        return kind(**arguments)
    except Exception as error:
        raise AblateError(f"{name} cannot be built: {described(error)}") from error


class PythonRandom:
    """Python's and numpy's own generators, seeded, as a part of a training's state."""

    def __init__(self, seed: int) -> None:
        random.seed(seed)
        np.random.seed(seed)

    def state_dict(self) -> dict[str, Any]:
        name, keys, *rest = np.random.get_state()
        return {"python": random.getstate(), "numpy": [name, keys.tolist(), *rest]}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        version, numbers, gauss = state["python"]
        random.setstate((version, tuple(numbers), gauss))
        name, keys, *rest = state["numpy"]
        np.random.set_state((name, np.array(keys, np.uint32), *rest))


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
