"""Any tree of images: train/<class>/* and test/<class>/*."""

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from ablate.data.decode import decode
from ablate.data.images import Images
from ablate.data.subset import chosen
from ablate.errors import AblateError

TREE = "a tree of train/<class>/* and test/<class>/* is needed"
# Fewer images are decoded sooner than a second process has started.
FEW = 1000


def load(settings: Mapping[str, Any]) -> Images:
    """Decode the tree in the folder `settings["path"]`, in the order of the sorted paths.

    Hidden files (a leading dot) are ignored. `settings["resize"]`: one side of a square or [height,
    width]; without it all images must be of one size already.

    Raises:
        AblateError: the tree is not as it should be, or a file in it is no image.
    """
    root = Path(settings["path"]).expanduser()
    trees = {part: _classes(root, part) for part in ("train", "test")}
    classes = _same(trees, root)
    paths, labels, found = [], {}, {}
    for part, tree in trees.items():
        files = [file for name in classes for file in tree[name]]
        every = np.repeat(np.arange(len(classes)), [len(tree[name]) for name in classes])
        use = chosen(settings, part, every)
        paths += [files[i] for i in use]
        labels[part], found[part] = every[use], len(files)
    images = _stack(paths, _size(settings.get("resize")))
    train = len(labels["train"])
    return Images(
        name=settings["name"],
        classes=classes,
        train_images=images[:train],
        train_labels=labels["train"],
        test_images=images[train:],
        test_labels=labels["test"],
        train_of=found["train"],
        test_of=found["test"],
    )


def _classes(root: Path, part: str) -> dict[str, list[Path]]:
    """The files of each class of a part, by class, all sorted."""
    if not (root / part).is_dir():
        raise AblateError(f"data.path: {root} has no folder {part}/; {TREE}")
    folders = [entry.path for entry in _visible(root / part) if entry.is_dir()]
    if not folders:
        raise AblateError(f"data.path: {root / part} holds no folders; {TREE}")
    return {Path(folder).name: _files(Path(folder)) for folder in folders}


def _files(folder: Path) -> list[Path]:
    entries = _visible(folder)
    nested = [entry.path for entry in entries if entry.is_dir()]
    if nested:
        raise AblateError(f"data.path: {nested[0]} is a folder where images are expected; {TREE}")
    if not entries:
        raise AblateError(f"data.path: {folder} holds no images")
    return [Path(entry.path) for entry in entries]


def _visible(folder: Path) -> list[os.DirEntry]:
    with os.scandir(folder) as entries:
        shown = [entry for entry in entries if not entry.name.startswith(".")]
    return sorted(shown, key=lambda entry: entry.name)


def _same(trees: dict[str, dict[str, list[Path]]], root: Path) -> list[str]:
    train, test = trees["train"].keys(), trees["test"].keys()
    if train != test:
        only = [
            f"only in {part}/: {', '.join(sorted(names))}"
            for part, names in (("train", train - test), ("test", test - train))
            if names
        ]
        raise AblateError(
            f"data.path: {root} has other classes to train than to test on; {'; '.join(only)}"
        )
    return sorted(train)


def _size(resize: int | list[int] | None) -> tuple[int, int] | None:
    if resize is None:
        return None
    return (resize, resize) if isinstance(resize, int) else tuple(resize)


def _stack(paths: list[Path], size: tuple[int, int] | None) -> np.ndarray:
    """All images as uint8 [n, 3, H, W]."""
    stacked = None
    for index, image in enumerate(_decoded(paths, size)):
        if stacked is None:
            height, width, _ = image.shape
            stacked = np.empty((len(paths), 3, height, width), np.uint8)
        if image.shape != (height, width, 3):
            raise AblateError(
                f"data.resize: images of one size are needed, but {paths[0]} is {height}x{width} "
                f"and {paths[index]} is {image.shape[0]}x{image.shape[1]}; set a size for all"
            )
        stacked[index] = image.transpose(2, 0, 1)
    return stacked


def _decoded(paths: list[Path], size: tuple[int, int] | None) -> Iterator[np.ndarray]:
    decode_one = partial(decode, size=size)
    if len(paths) < FEW:
        yield from map(decode_one, paths)
        return
    # Spawned, since a process forked from one with threads may hang.
    pool = ProcessPoolExecutor(_cores(), mp_context=get_context("spawn"))
    try:
        yield from pool.map(decode_one, paths, chunksize=128)
    except BrokenProcessPool:
        raise AblateError(
            "decoding the images stopped: a process died, perhaps for lack of memory"
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _cores() -> int:
    """The cores this process may use; where that cannot be asked, those of the machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
