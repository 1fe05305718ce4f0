"""Any tree of images: train/<class>/* and test/<class>/*."""

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from ablate.data import tree
from ablate.data.canonical import chosen, digest
from ablate.data.decode import decode
from ablate.data.images import Images
from ablate.errors import AblateError

# Fewer images are decoded sooner than a second process has started.
FEW = 1000

Size = tuple[int, int] | None


def load(settings: Mapping[str, Any]) -> Images:
    """Decode the tree in the folder `settings["path"]`.

    `settings["resize"]`: one side of a square or [height, width]; without it all images must be of
    one size already.

    Raises:
        AblateError: the tree is not as it should be, or files in it are no images: all are named.
    """
    found = tree.files(Path(settings["path"]))
    size = _size(settings.get("resize"))
    classes = [*found["train"]]
    paths = {part: [p for name in classes for p in found[part][name]] for part in found}
    labels = {
        part: np.repeat(np.arange(len(classes)), [len(found[part][name]) for name in classes])
        for part in found
    }
    of = {part: len(paths[part]) for part in found}
    if any(settings.get(f"{part}_images") is not None for part in found):
        # Decoded twice, so that memory never holds more than the subset.
        digests = np.array([*_each(partial(_digest, size=size), [*chain(*paths.values())])], "S32")
        own = {"train": digests[: of["train"]], "test": digests[of["train"] :]}
        for part in found:
            use = chosen(settings, part, np.array(classes)[labels[part]], own[part])
            paths[part], labels[part] = [paths[part][i] for i in use], labels[part][use]
    images = _stack([*paths["train"], *paths["test"]], size)
    return Images(
        name=settings["name"],
        classes=classes,
        train_images=images[: len(paths["train"])],
        train_labels=labels["train"],
        test_images=images[len(paths["train"]) :],
        test_labels=labels["test"],
        train_of=of["train"],
        test_of=of["test"],
    )


def _size(resize: int | list[int] | None) -> Size:
    if resize is None:
        return None
    return (resize, resize) if isinstance(resize, int) else tuple(resize)


def _planes(path: Path, size: Size) -> np.ndarray:
    """An image as uint8 [3, H, W]."""
    return decode(path, size).transpose(2, 0, 1)


def _digest(path: Path, size: Size) -> bytes:
    return digest(_planes(path, size))


def _stack(paths: list[Path], size: Size) -> np.ndarray:
    """All images as uint8 [n, 3, H, W]."""
    stacked = None
    for index, image in enumerate(_each(partial(_planes, size=size), paths)):
        if stacked is None:
            _, height, width = image.shape
            stacked = np.empty((len(paths), 3, height, width), np.uint8)
        if image.shape != (3, height, width):
            raise AblateError(
                f"data.resize: images of one size are needed, but {paths[0]} is {height}x{width} "
                f"and {paths[index]} is {image.shape[1]}x{image.shape[2]}; set a size for all"
            )
        stacked[index] = image
    return stacked


def _each(work: Callable[[Path], Any], paths: list[Path]) -> Iterator[Any]:
    """What `work` makes of each path, in their order.

    Raises:
        AblateError: it failed on some, after all were tried: they are named.
    """
    faults = []
    for result in _results(partial(_tried, work), paths):
        if isinstance(result, AblateError):
            faults.append(str(result))
        elif not faults:
            yield result
    tree.refuse(faults)


def _tried(work: Callable[[Path], Any], path: Path) -> Any:
    try:
        return work(path)
    except AblateError as error:
        return error


def _results(work: Callable[[Path], Any], paths: list[Path]) -> Iterator[Any]:
    if len(paths) < FEW:
        yield from map(work, paths)
        return
    # Spawned, since a process forked from one with threads may hang.
    pool = ProcessPoolExecutor(_cores(), mp_context=get_context("spawn"))
    try:
        yield from pool.map(work, paths, chunksize=128)
    except BrokenProcessPool:
        raise AblateError(
            "decoding the images stopped: a process died, perhaps for lack of memory"
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _cores() -> int:
    """The cores this process may use; where that cannot be asked, those of the machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
