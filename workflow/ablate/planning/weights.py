"""Which runs' weights are wanted back: they may be removed, and then only a figure wants them.

A finished run counts without its checkpoint. It is trained again for its weights alone if a figure
that draws them has to be made, and the report is not one of what there is.
"""

from collections.abc import Callable

from ablate.planning.products import Products
from ablate.runs.glance import glance


def wanted(products: Products, due: Callable[[str], bool]) -> set[str]:
    """The finished runs to be trained again for their weights; each may make further figures due.

    Args:
        due: whether a product has to be made, whatever it is made from.
    """
    plan = products.plan
    if plan.config.partial:
        return set()
    figures = {
        f"figures/{name}": {f"runs/{run}" for run in plan.weights_of(name)}
        for name in plan.config.figures
    }
    without = {run for runs in figures.values() for run in runs if not _has_weights(products, run)}
    found: set[str] = set()
    while True:
        more = {
            run
            for name, runs in figures.items()
            if due(name) or any(due(run) or run in found for run in runs)
            for run in runs & without
        }
        if more <= found:
            return found
        found |= more


def _has_weights(products: Products, run: str) -> bool:
    product = products[run]
    record = glance(product.record.parent)
    return (record is None or record.kept != "none") and product.outputs[0].exists()
