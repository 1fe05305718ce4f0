"""Whether a run's weights are needed: they may be removed, and then only a figure wants them back.

A finished run counts without its checkpoint. It is trained again for its weights alone if a figure
that draws them has to be made, `keep` says that weights are to be kept, and the report is not one
of what there is.
"""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from ablate.planning.drawings import needs
from ablate.planning.products import Products
from ablate.runs.glance import glance


class Weights:
    """What a plan's figures need of its runs' weights.

    Args:
        due: whether a product has to be made, whatever it is made from.
    """

    def __init__(self, products: Products, due: Callable[[str], bool]) -> None:
        self._products = products
        self._due = due

    def spared(self, name: str) -> Path | None:
        """The file that a finished run may lack."""
        kind, _, rest = name.partition("/")
        return self._products[name].outputs[0] if kind == "runs" and rest else None

    def drawn(self) -> set[str]:
        """The runs whose weights a figure draws."""
        return {run for figure in self._drawing_weights() for run in self._runs_of(figure)}

    def wanted(self, name: str) -> bool:
        """Whether a finished run has to be trained again for its weights."""
        return name in self._wanted

    @cached_property
    def _wanted(self) -> set[str]:
        """The runs without weights that figures need; each may make further figures due."""
        config = self._products.plan.config
        if config.keep == "none" or config.partial:
            return set()
        figures = {name: self._runs_of(name) for name in self._drawing_weights()}
        without = {run for runs in figures.values() for run in runs if not self._has_weights(run)}
        wanted: set[str] = set()
        while True:
            more = {
                run
                for name, runs in figures.items()
                if self._due(name) or any(self._due(run) or run in wanted for run in runs)
                for run in runs & without
            }
            if more <= wanted:
                return wanted
            wanted |= more

    def _drawing_weights(self) -> list[str]:
        figures = self._products.plan.config.figures
        return [f"figures/{name}" for name, asked in figures.items() if needs(name, asked).weights]

    def _runs_of(self, figure: str) -> set[str]:
        made_of = self._products[figure].inputs.values()
        return {made for made in made_of if made.startswith("runs/")}

    def _has_weights(self, run: str) -> bool:
        product = self._products[run]
        record = glance(product.record.parent)
        return (record is None or record.kept != "none") and product.outputs[0].exists()
