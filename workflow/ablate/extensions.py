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
from typing import TYPE_CHECKING, Any

import numpy as np

from ablate.errors import AblateError
from ablate.settings import own

if TYPE_CHECKING:
    from torch import Tensor


def find(name: str) -> Any:
    """The class or function written file.name.

    Raises:
        AblateError: the file is not there or fails to load, or there is no such name in it.
    """
    module, inner = own.module(name), name.partition(".")[2]
    path = own.source(module)
    if path is None:
        raise AblateError(f"{name}: it is not in the folder of extensions, {own.folder()}")
    _make_package()
    try:
        loaded = importlib.import_module(module)
    except Exception as error:
        hint = _hint(error)
        raise AblateError(f"{path} fails to load: {described(error)}{hint}") from error
    if not hasattr(loaded, inner):
        raise AblateError(f"{path}: nothing of the name {inner!r} in it")
    return getattr(loaded, inner)


def _hint(error: Exception) -> str:
    """How to import a file of the folder, where that was tried as if the folder were a path."""
    missing = error.name if isinstance(error, ModuleNotFoundError) else None
    if missing is None or own.source(f"{own.PACKAGE}.{missing}") is None:
        return ""
    return f"; it lies beside this file, so write `from . import {missing}`"


def _make_package() -> None:
    """Let the files of the folder be modules of a package, under no name of theirs alone."""
    path = [str(own.folder())]
    package = sys.modules.get(own.PACKAGE)
    if package is None or package.__path__ != path:
        for name in [name for name in sys.modules if name.partition(".")[0] == own.PACKAGE]:
            del sys.modules[name]
        package = sys.modules[own.PACKAGE] = ModuleType(own.PACKAGE)
        package.__path__ = path


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

    def __call__(self, images: "Tensor", u: "Tensor") -> "Tensor":
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


def called(name: str, arguments: Mapping[str, Any]) -> Any:
    """What one's own function written file.name returns.

    Raises:
        AblateError: it is not there, or raises an error.
    """
    function = find(name)
    try:
        return function(**arguments)
    except Exception as error:
        raise AblateError(f"{name} fails: {described(error)}") from error


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
    frames = [f for f in traceback.extract_tb(error.__traceback__) if _is_own(f)]
    line = f"{Path(frames[-1].filename).name}, line {frames[-1].lineno}: " if frames else ""
    return f"{line}{type(error).__name__}: {error}"


def raised(error: BaseException) -> bool:
    """Whether an error passed through one's own code."""
    return any(_is_own(frame) for frame in traceback.extract_tb(error.__traceback__))


def _is_own(frame: traceback.FrameSummary) -> bool:
    folder = own.folder()
    return folder is not None and Path(frame.filename).is_relative_to(folder)
