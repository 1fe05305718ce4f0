"""Main effects and interactions of a grid: what each factor does, and whether that depends."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Self

from ablate.findings.answer import Effect
from ablate.findings.contrast import estimate, known
from ablate.findings.multiplicity import holm
from ablate.findings.sample import Sample
from ablate.findings.spread import spreads
from ablate.requests.study import AskedStudy
from ablate.settings.study import Noise

Levels = tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    """A grid of rows.

    Attributes:
        factors: name -> levels; each effect is taken against the first.
        cells: the row at each combination of levels, one of each factor in their order.
        labels: what each level is called.
    """

    factors: Mapping[str, Sequence[str]]
    cells: Mapping[Levels, str]
    labels: Mapping[str, str]

    @classmethod
    def of(cls, study: AskedStudy) -> Self | None:
        """The grid of a study of two factors or more; None for others.

        The first of a factor's levels is the control's, where the control is a level.
        """
        if len(study.factors) < 2:
            return None
        cells = {row.levels: row.name for row in study.rows}
        levels_of = {row: levels for levels, row in cells.items()}
        bases = {levels_of[row.control] for row in study.rows if row.control}
        ordered = {}
        for at, (name, levels) in enumerate(study.factors.items()):
            shared = {base[at] for base in bases}
            first = shared.pop() if len(shared) == 1 else levels[0]
            ordered[name] = [first, *(level for level in levels if level != first)]
        return cls(ordered, cells, study.level_labels)

    def base(self, factor: str) -> str:
        """The level that others are compared with."""
        return self.factors[factor][0]


def effects(
    grid: Grid, samples: Mapping[str, Sample], noise: Noise | None, variance: str
) -> list[Effect]:
    """Every main effect, averaged over the other factors, then every interaction of two.

    An interaction is the difference of two differences: by how much more one level gains over its
    base at another factor's level than at that one's base. Nothing where a cell is not measured.
    p: two-sided, adjusted by Holm over all of them.
    """
    if not all(samples[row].measured for row in grid.cells.values()):
        return []
    spread = spreads(samples, noise, variance)
    contrasts = [*_main(grid), *_interactions(grid)]
    found = [estimate(weights, samples, spread) for _, _, weights in contrasts]
    ps = holm([one.two_sided for one in found])
    return [
        Effect(kind, text, one.value, *map(known, one.interval()), known(p))
        for (kind, text, _), one, p in zip(contrasts, found, ps, strict=True)
    ]


def _main(grid: Grid) -> list[tuple[str, str, dict[str, float]]]:
    found = []
    for factor, levels in grid.factors.items():
        base = grid.base(factor)
        for level in (each for each in levels if each != base):
            text = f"{_label(grid, level)} against {_label(grid, base)}"
            weights = _averaged(grid, {factor: {level: 1.0, base: -1.0}})
            found.append(("main effect", text, weights))
    return found


def _interactions(grid: Grid) -> list[tuple[str, str, dict[str, float]]]:
    found = []
    for one, other in combinations(grid.factors, 2):
        bases = grid.base(one), grid.base(other)
        pairs = product(grid.factors[one], grid.factors[other])
        for first, second in pairs:
            if first == bases[0] or second == bases[1]:
                continue
            weights = _averaged(
                grid,
                {one: {first: 1.0, bases[0]: -1.0}, other: {second: 1.0, bases[1]: -1.0}},
            )
            names = [_label(grid, level) for level in (first, bases[0], second, bases[1])]
            text = "{} against {}, more at {} than at {}".format(*names)
            found.append(("interaction", text, weights))
    return found


def _averaged(grid: Grid, signs: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Weights of the cells: the product of the signs of its levels, others averaged over."""
    others = math.prod(len(levels) for name, levels in grid.factors.items() if name not in signs)
    weights = {}
    for levels, row in grid.cells.items():
        of = dict(zip(grid.factors, levels, strict=True))
        weight = math.prod(signs[name].get(of[name], 0.0) for name in signs) / others
        if weight:
            weights[row] = weight
    return weights


def _label(grid: Grid, level: str) -> str:
    return grid.labels.get(level, level)
