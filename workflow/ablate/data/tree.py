"""The files of a tree train/<class>/* and test/<class>/*, or a message that names what is wrong."""

import os
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from ablate.errors import AblateError

NEEDED = "a tree of train/<class>/* and test/<class>/* is needed"
# What file managers and file systems leave in folders, in lower case; so is a leading dot.
LITTER = {"thumbs.db", "ehthumbs.db", "desktop.ini", "@eadir", "__macosx"}
MOST_NAMED = 20
KEY = "data.path: "


def files(root: Path) -> dict[str, dict[str, list[Path]]]:
    """The files of each class, by part and class name (in Unicode's form NFC), all sorted.

    Raises:
        AblateError: the tree is not as it should be; all that is wrong with it is named.
    """
    faults: list[str] = []
    trees = {part: _part(root, part, faults) for part in ("train", "test")}
    for part, other in (("train", "test"), ("test", "train")):
        for name in trees[part].keys() - trees[other].keys():
            faults.append(f"{trees[part][name]} is a class that {other}/ lacks")
    found = {
        part: {name: _images(folder, faults) for name, folder in classes.items()}
        for part, classes in trees.items()
    }
    refuse(faults)
    return found


def refuse(faults: Iterable[str]) -> None:
    """Name what is wrong, one line each, if anything is; of very many the first.

    Raises:
        AblateError: something is wrong.
    """
    faults = sorted(faults)
    shown = faults[:MOST_NAMED]
    if len(faults) > MOST_NAMED:
        shown.append(f"and {len(faults) - MOST_NAMED} more")
    if faults:
        raise AblateError(KEY + "\n".join(shown))


def _part(root: Path, part: str, faults: list[str]) -> dict[str, Path]:
    """The class folders of a part by class name, sorted by it; files beside them are ignored."""
    if not os.path.isdir(root / part):
        raise AblateError(f"{KEY}{root} has no folder {part}/; {NEEDED}")
    found: dict[str, Path] = {}
    for path in _entries(root / part):
        name = unicodedata.normalize("NFC", path.name)
        fault = _unreachable(path)
        if fault is None and path.is_dir():
            fault = _unfit_name(path.name)
            if name in found:
                fault = f"has the name of {found[name].name!a} in other Unicode characters"
            found[name] = path
        if fault is not None:
            faults.append(f"{path} {fault}")
    if not found and not faults:
        raise AblateError(f"{KEY}{root / part} holds no folders; {NEEDED}")
    return dict(sorted(found.items()))


def _unreachable(path: Path) -> str | None:
    try:
        path.stat()
    except FileNotFoundError:
        return "is a link that leads nowhere"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return None


def _unfit_name(name: str) -> str | None:
    try:
        name.encode()
    except UnicodeEncodeError:
        return "has a name that is not UTF-8; rename this folder"
    return None if name.isprintable() else "has an unprintable name; rename this folder"


def _images(folder: Path, faults: list[str]) -> list[Path]:
    """The files of a class; what is wrong with it is added to `faults`."""
    try:
        entries = _entries(folder)
    except AblateError as error:
        faults.append(str(error).removeprefix(KEY))
        return []
    if not entries:
        faults.append(f"{folder} holds no images")
    for path in entries:
        fault = _unreachable(path)
        if fault is None and path.is_dir():
            fault = f"is a folder where images are expected; {NEEDED}"
        elif fault is None and not path.is_file():
            fault = "is not a regular file"
        if fault is not None:
            faults.append(f"{path} {fault}")
    return entries


def _entries(folder: Path) -> list[Path]:
    """What is in a folder, sorted; hidden files and litter are passed over."""
    try:
        names = os.listdir(folder)
    except OSError as error:
        raise AblateError(f"{KEY}{folder} cannot be read: {error.strerror}") from None
    return [
        folder / name
        for name in sorted(names)
        if not name.startswith(".") and name.lower() not in LITTER
    ]
