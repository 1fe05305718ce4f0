"""A study's rows spelled out: rows crossed with a grid, and which row each is compared with."""

from dataclasses import dataclass, replace
from typing import Any

from ablate.errors import AblateError
from ablate.planning import known
from ablate.settings.recipe import lost
from ablate.settings.refusal import nearest, shown
from ablate.settings.study import ROW_NAME, Axis, Row, Study

# What the rows written out are called as a factor of a grid.
ROWS = "row"


@dataclass(frozen=True)
class Spelled:
    """A row as a study spells it.

    Attributes:
        levels: what it is along each factor: its name under `rows`, then its place on each axis.
        deltas: what changes the recipe, each with its place in the file.
    """

    name: str
    row: Row
    levels: tuple[str, ...]
    deltas: list[tuple[str, dict[str, Any]]]


def factors(place: str, study: Study) -> dict[str, tuple[str, ...]]:
    """The factors of a grid with their levels; empty for a study without a grid."""
    if not study.grid:
        return {}
    axes = {
        path: tuple(name for name, _ in _choices(f"{place}.grid.{path}", path, axis))
        for path, axis in study.grid.items()
    }
    return {ROWS: tuple(study.rows), **axes} if study.rows else axes


def spelled(place: str, study: Study) -> dict[str, Spelled]:
    """The rows of a study, each crossed with its grid, by name.

    Raises:
        AblateError: two have one name, or a reported number belongs to none.
    """
    if fault := lost(study.grid):
        raise AblateError(f"{place}.grid: {fault}")
    rows = [
        Spelled(name, row, (name,), [(f"{place}.rows.{name}.set", row.set)])
        for name, row in study.rows.items()
    ]
    for path, axis in study.grid.items():
        choices = _choices(f"{place}.grid.{path}", path, axis)
        rows = [
            _crossed(each, label, (f"{place}.grid", {path: value}))
            for each in rows or [Spelled("", Row(), (), [])]
            for label, value in choices
        ]
    named: dict[str, Spelled] = {}
    for each in rows:
        if each.name in named:
            raise AblateError(f"{place}: two rows are named {each.name!r}")
        named[each.name] = _with_reported(each, study)
    for name in study.reported:
        known.check(f"{place}.reported", "row", name, named)
    return named


def controls(place: str, study: Study, rows: dict[str, Spelled]) -> dict[str, str]:
    """The row that each row is compared with; one that is compared with none is left out.

    In a grid the control is a level, and like is compared with like: the control of `gelu` at
    width 2 is `relu` at width 2.

    Raises:
        AblateError: more than one control is named, or one that is not there.
    """
    marked = _marked(place, study)
    found = _compared_with(place, study, marked, rows) if marked else {}
    for name, each in rows.items():
        own = each.row.control
        if isinstance(own, str):
            here, also = f"{place}.rows.{name}.control", ("true (without quotes)",)
            known.check(here, "row", own, rows, also)
            found[name] = own
    return {name: control for name, control in found.items() if control != name}


def shared_control(place: str, study: Study, rows: dict[str, Spelled]) -> str | None:
    """The row that all rows without a control of their own are compared with, if it is one."""
    marked = _marked(place, study)
    return marked if marked in rows else None


def _marked(place: str, study: Study) -> str | None:
    """The row or level that is marked as the control."""
    marked = [name for name, row in study.rows.items() if row.control is True]
    if study.control is not None:
        marked.append(study.control)
    if len(set(marked)) > 1:
        raise AblateError(
            f"{place}: found the controls {', '.join(marked)}, a study has at most one"
        )
    return marked[0] if marked else None


def _compared_with(
    place: str, study: Study, control: str, rows: dict[str, Spelled]
) -> dict[str, str]:
    if control in rows:
        return dict.fromkeys(rows, control)
    for at, levels in enumerate(factors(place, study).values()):
        if control in levels:
            by_levels = {each.levels: name for name, each in rows.items()}
            return {
                name: by_levels[(*each.levels[:at], control, *each.levels[at + 1 :])]
                for name, each in rows.items()
            }
    levels = (level for levels in factors(place, study).values() for level in levels)
    names = [*dict.fromkeys([*rows, *levels])]
    raise AblateError(f"{place}.control: unknown row {control!r}; {nearest(control, names)}")


def _with_reported(each: Spelled, study: Study) -> Spelled:
    """The row with the number that the study reports of it, or else with its own."""
    reported = study.reported.get(each.name, each.row.reported)
    return replace(each, row=each.row.model_copy(update={"reported": reported}))


def _crossed(each: Spelled, level: str, delta: tuple[str, dict[str, Any]]) -> Spelled:
    """A row at one value along a grid's axis: row_value, and its label likewise."""
    label = f"{each.row.label}, {level}" if each.row.label else None
    return Spelled(
        f"{each.name}_{level}" if each.name else level,
        each.row.model_copy(update={"label": label}),
        (*each.levels, level),
        [*each.deltas, delta],
    )


def _choices(place: str, path: str, axis: Axis) -> list[tuple[str, Any]]:
    """The values along one axis with their names, which a list leaves to the values."""
    if isinstance(axis, dict):
        return list(axis.items())
    named = [(f"{path.rpartition('.')[2]}={value}", value) for value in axis]
    for name, value in named:
        if not ROW_NAME.fullmatch(name):
            raise AblateError(
                f"{place}: {shown(value)} cannot name a row; write {{name of the row: value}}"
            )
    return named
