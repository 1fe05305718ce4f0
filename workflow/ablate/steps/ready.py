"""Does once what each step would do for itself: the launcher forks its jobs after that."""

import io
import sys
from importlib import import_module

from ablate.figures import saving, style
from ablate.planning import code

# Modules that steps load by name, by a line that each of them has.
BY_NAME = {"ablate.figures": "def draw(request", "ablate.tables": "def page(request"}


def main() -> None:
    """Load what is loaded by name, know the code of all, and draw once in every format."""
    for room, line in BY_NAME.items():
        for name in code.modules(room, line):
            import_module(f"{room}.{name}")
    code.recall(code.MEMORY)
    code.closure(*(name for name in list(sys.modules) if name.startswith("ablate.")))
    with style.applied():
        figure = style.figure(height=1.6)
        axes = figure.subplots()
        axes.plot([0, 1], label="Line")
        figure.legend(loc="outside lower left")
        for kind in saving.FORMATS:
            figure.savefig(io.BytesIO(), format=kind)
