"""Recipes: settings that many runs start from, and the deltas that change them."""

import copy
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from ablate.errors import AblateError
from ablate.settings.message import is_partial, located, sentence, telling
from ablate.settings.refusal import nearest, shown
from ablate.settings.run import GROUPS, Run, in_set

# Settings that may be written as a bare name.
NAMED = ("activation", *GROUPS)
DEFAULTS = {group: Run.model_fields[group].default.model_dump(mode="json") for group in GROUPS}

# (place in the file, setting path -> value)
PlacedDelta = tuple[str, dict[str, Any]]


class Recipes:
    """The recipes of a config.

    A recipe is a run's settings, or `{recipe: another, set: {path: value}}`.
    """

    def __init__(self, written: dict[str, dict[str, Any]]) -> None:
        self._written = written

    def run(self, place: str, recipe: str, deltas: list[PlacedDelta], holdout: float = 0.0) -> Run:
        """The run that a recipe and its deltas, applied in order, describe.

        Args:
            place: what names the recipe.

        Raises:
            AblateError: with the place of what is wrong: the last delta that set it, or the recipe.
        """
        settings, sources = self._resolved(recipe, place, ())
        for source, delta in deltas:
            _change(settings, delta, source)
        if holdout:
            settings.setdefault("holdout", holdout)
        try:
            return Run.model_validate(settings)
        except ValidationError as error:
            found = located(telling(error))
            source = _place(found, [*sources, *deltas])
            # Recipes are checked by themselves: what is wrong with one here, a delta brought about.
            cause = _cause(found, deltas) if source in dict(sources) else ""
            whole = _whole(found, settings, deltas)
            raise AblateError(f"{cause}{sentence(error, source)}{whole}") from None

    def check(self) -> None:
        """Check every recipe, whether a run stands on it or not, as far as it goes.

        What is missing, or does not go together, a delta may set right.

        Raises:
            AblateError: a key or value is wrong, or a recipe stands on one that is not there or on
                itself.
        """
        for recipe in self._written:
            here = f"recipes.{recipe}"
            settings, sources = self._resolved(recipe, here, ())
            try:
                Run.model_validate(settings)
            except ValidationError as error:
                found = telling(error)
                if not is_partial(found):
                    source = _place(located(found), sources)
                    raise AblateError(sentence(error, source)) from None

    def _resolved(
        self, recipe: str, place: str, seen: tuple
    ) -> tuple[dict[str, Any], list[PlacedDelta]]:
        known = [*self._written]
        if recipe not in known:
            raise AblateError(
                f"{place}.recipe: unknown recipe {shown(recipe)}; {nearest(recipe, known)}"
            )
        if recipe in seen:
            raise AblateError(f"recipes.{recipe}: circular recipe: {' -> '.join([*seen, recipe])}")
        written = copy.deepcopy(self._written[recipe])
        here = f"recipes.{recipe}"
        if "recipe" not in written:
            # What a recipe leaves out is there to be changed in part too.
            return {**copy.deepcopy(DEFAULTS), **written}, [(here, self._written[recipe])]
        unknown = next((key for key in written if key not in ("recipe", "set")), None)
        if unknown is not None:
            close = nearest(unknown, ["set"], in_set(unknown))
            raise AblateError(f"{here}: unknown key {unknown!r} beside recipe; {close}")
        settings, sources = self._resolved(written["recipe"], here, (*seen, recipe))
        delta = written.get("set") or {}
        if not isinstance(delta, dict):
            raise AblateError(f"{here}.set: found {shown(delta)}, a mapping is needed")
        _change(settings, delta, f"{here}.set")
        return settings, [*sources, (f"{here}.set", delta)]


def lost(paths: Iterable[str]) -> str | None:
    """Which path, if any, sets nothing, since a later one replaces the whole that it is part of."""
    before: list[str] = []
    for path in paths:
        part = next((other for other in before if other.startswith(f"{path}.")), None)
        if part is not None:
            return f"{part} is lost, since {path} after it replaces the whole; write {path} first"
        before.append(path)
    return None


def _change(settings: dict[str, Any], delta: dict[str, Any], place: str) -> None:
    """Set what a delta says, in its order."""
    if fault := lost(delta):
        raise AblateError(f"{place}: {fault}")
    for path, value in delta.items():
        _apply(settings, path, copy.deepcopy(value), place)


def _apply(settings: dict[str, Any], path: str, value: Any, place: str) -> None:
    """Set the value at a dotted path; what a bare name stands for becomes a mapping first."""
    *parents, last = path.split(".")
    inner = settings
    for parent in parents:
        child = inner.setdefault(parent, {})
        if isinstance(child, str) and parent in NAMED:
            child = inner[parent] = {"name": child}
        if not isinstance(child, dict):
            raise AblateError(
                f"{place}: {path}: {parent} is {shown(child)} here and has no {last!r} to set"
            )
        inner = child
    inner[last] = value


def _cause(path: list[str], deltas: list[PlacedDelta]) -> str:
    """The last delta that changed the group of the setting at `path`, or else anything."""
    changing = [(place, delta) for place, delta in deltas if delta]
    of_group = [
        (place, delta)
        for place, delta in changing
        if path and any(key.partition(".")[0] == path[0] for key in delta)
    ]
    return "".join(f"{place}: " for place, _ in (of_group or changing)[-1:])


def _whole(path: list[str], settings: dict[str, Any], deltas: list[PlacedDelta]) -> str:
    """How to name another class with arguments of its own, where a delta gave the name alone."""
    group = path[0] if path else ""
    if group not in ("model", *GROUPS) or path[1:] == ["name"]:
        return ""
    if not any(f"{group}.name" in delta for _, delta in deltas):
        return ""
    name = settings[group]["name"]
    return f"; {group}.name leaves all else as it was: write {group}: {{name: {name}, ...}}"


def _place(path: list[str], sources: list[PlacedDelta]) -> str:
    """Where the setting at `path`, or else what it belongs to, was written last."""
    for length in range(len(path), 0, -1):
        setting = ".".join(path[:length])
        for place, delta in reversed(sources):
            if any(
                f"{key}.".startswith(f"{setting}.") or setting.startswith(f"{key}.")
                for key in delta
            ):
                return place
    return sources[0][0]
