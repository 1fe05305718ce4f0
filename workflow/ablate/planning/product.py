"""What one job makes: its request, its inputs, its outputs, and the code that decides them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ablate.planning import code

# The files that count of a product, each made by the product of that name.
Inputs = dict[Path, str]


@dataclass(frozen=True)
class Product:
    """Files that one job makes.

    Attributes:
        name: its place in the results tree, such as "tables/activation".
        step: the module that makes it.
        request: what the step is asked to make, as plain JSON values.
        inputs: the files whose content counts.
        outputs: what appears, the record aside.
        record: the file that says why the product was made; it appears last.
        computes: the modules that decide what the product holds, if not the step itself.
        chosen: modules that the request chooses, imported by name while the step runs.
    """

    name: str
    step: str
    request: dict[str, Any]
    inputs: Inputs
    outputs: tuple[Path, ...]
    record: Path
    computes: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """The digest of the code that decides what the product holds."""
        return self.code_with(self.chosen)

    def code_with(self, chosen: tuple[str, ...]) -> str:
        """The digest as if the request had chosen these modules."""
        return code.digest(*self.modules_with(chosen))

    def modules_with(self, chosen: tuple[str, ...]) -> tuple[str, ...]:
        """The modules that decide what the product holds, had the request chosen these."""
        return (*(self.computes or (self.step,)), *chosen)

    @property
    def files(self) -> tuple[Path, ...]:
        """All its files; the record of a run is one of its outputs."""
        return tuple(dict.fromkeys((*self.outputs, self.record)))
