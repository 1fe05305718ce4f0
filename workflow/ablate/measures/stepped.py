"""Lines and bands over training steps, and how they are cut, thinned and averaged."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Self, TypeVar

import numpy as np


@dataclass(frozen=True)
class Stepped:
    """Something measured at steps.

    Attributes:
        steps: int [T], increasing, from 1.
        missing: int [T], how many of the members had no finite value there: a run that diverged,
            or ended before. What is measured is of the others.
        members: how many series were asked.
    """

    steps: np.ndarray
    missing: np.ndarray
    members: int

    def where(self, chosen: np.ndarray) -> Self:
        """The same at the chosen steps alone; bool [T]."""
        arrays = {
            field.name: value[chosen]
            for field in dataclasses.fields(self)
            if isinstance(value := getattr(self, field.name), np.ndarray)
        }
        return dataclasses.replace(self, **arrays)

    def complete(self) -> Self:
        """Only the steps at which no member is missing."""
        return self.where(self.missing == 0)

    def every(self, stride: int) -> Self:
        """One step in `stride` at most: the last of steps 1 to stride, of the next as many, ...

        Where all steps are there, these are the ones that `stride` divides, and the last.
        """
        window = (self.steps - 1) // stride
        return self.where(np.append(window[1:] != window[:-1], True)[: len(window)])


@dataclass(frozen=True)
class Curve(Stepped):
    """One value a step; value: float [T]."""

    value: np.ndarray

    @property
    def middle(self) -> np.ndarray:
        """The value itself."""
        return self.value


@dataclass(frozen=True)
class Band(Stepped):
    """Smallest and largest value a step; low, high: float [T]."""

    low: np.ndarray
    high: np.ndarray

    @property
    def middle(self) -> np.ndarray:
        """Half way between the edges, [T]."""
        return (self.low + self.high) / 2

    @property
    def width(self) -> np.ndarray:
        """Largest minus smallest, [T]."""
        return self.high - self.low


def aligned(
    steps: Sequence[np.ndarray], values: Sequence[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Series of different lengths or steps, side by side.

    Args:
        steps: of each member, int [T_i], increasing.
        values: of each member, float [T_i, ...].

    Returns:
        The steps that any member has, [T], and the values [members, T, ...] in float64, nan where
        a member has none or none that is finite.
    """
    union = reduce(np.union1d, steps)
    table = np.full((len(values), len(union), *values[0].shape[1:]), np.nan)
    for row, at, value in zip(table, steps, values, strict=True):
        row[np.searchsorted(union, at)] = value
    table[~np.isfinite(table)] = np.nan
    return union, table


def band(steps: Sequence[np.ndarray], values: Sequence[np.ndarray]) -> Band:
    """Smallest and largest of the members' values at each step; arguments as in `aligned`."""
    union, table = aligned(steps, values)
    return Band(
        steps=union,
        missing=np.isnan(table).sum(0),
        members=len(table),
        low=np.fmin.reduce(table),
        high=np.fmax.reduce(table),
    )


S = TypeVar("S", bound=Stepped)


def mean(measured: Sequence[S]) -> S:
    """The mean over seeds of the same measure, at each step over the seeds that have it."""
    union = reduce(np.union1d, [one.steps for one in measured])
    averaged = {
        field.name: _mean(
            [one.steps for one in measured], [getattr(one, field.name) for one in measured]
        )
        for field in dataclasses.fields(measured[0])
        if field.name not in ("steps", "missing", "members")
    }
    missing = np.zeros(len(union), dtype=int)
    for one in measured:
        absent = np.full(len(union), one.members)
        absent[np.searchsorted(union, one.steps)] = one.missing
        missing += absent
    members = sum(one.members for one in measured)
    return dataclasses.replace(
        measured[0], steps=union, missing=missing, members=members, **averaged
    )


def _mean(steps: list[np.ndarray], values: list[np.ndarray]) -> np.ndarray:
    _, table = aligned(steps, values)
    count = (~np.isnan(table)).sum(0)
    return np.divide(np.nansum(table, 0), count, out=np.full(len(count), np.nan), where=count > 0)
