"""Numbers that follow from a run's predictions at its best epoch: one module each.

It holds `score(probabilities, labels) -> float`: of test probabilities [N, C], rows summing to 1,
and true classes, int [N]. metrics.json has its value under the module's name, and
`ablate.runs.metrics.Metrics` says what it means.
"""

import importlib
import pkgutil

import numpy as np


def scores(probabilities: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Every score, by the name of its module."""
    names = [module.name for module in pkgutil.iter_modules(__path__)]
    modules = {name: importlib.import_module(f"{__name__}.{name}") for name in names}
    return {name: module.score(probabilities, labels) for name, module in modules.items()}
