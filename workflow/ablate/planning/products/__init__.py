"""Every product of a plan by its name, such as "tables/stem": one module a kind.

A module has `names(plan)`, the names of its kind without the folder, and `product(plan, name)`.
"""

from collections.abc import Iterator
from types import ModuleType

from ablate.planning.plan import Plan
from ablate.planning.product import Product
from ablate.planning.products import (
    data,
    figure,
    findings,
    metrics,
    networks,
    page,
    run,
    table,
)

KINDS: dict[str, ModuleType] = {
    "data": data,
    "networks": networks,
    "runs": run,
    "metrics": metrics,
    "findings": findings,
    "tables": table,
    "figures": figure,
    "report": page,
}


class Products:
    """Every product of a plan, by name; each is spelled out when it is asked for.

    Raises:
        AblateError: a figure that nothing draws, or from a table that is not there; a claim that
            cannot be tested.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        figure.check(plan)
        findings.check(plan)
        self._made: dict[str, Product] = {}

    def __getitem__(self, name: str) -> Product:
        if name not in self._made:
            kind, _, rest = name.partition("/")
            self._made[name] = KINDS[kind].product(self.plan, rest)
        return self._made[name]

    def behind(self, name: str) -> set[str]:
        """A product and all that it is made from, be it by way of others."""
        found: set[str] = set()
        waiting = [name]
        while waiting:
            product = waiting.pop()
            if product not in found:
                found.add(product)
                waiting += self[product].inputs.values()
        return found

    def names(self) -> Iterator[str]:
        """All products that the whole report consists of."""
        for kind in KINDS:
            yield from self.of_kind(kind)

    def of_kind(self, kind: str) -> list[str]:
        """All products of a kind."""
        return [f"{kind}/{name}" if name else kind for name in self.names_of(kind)]

    def names_of(self, kind: str) -> list[str]:
        """The products of a kind, without its name."""
        return KINDS[kind].names(self.plan)
