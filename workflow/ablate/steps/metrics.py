"""Sums up one training as metrics.json, and removes the state that it saved meanwhile.

Until this step begins, Snakemake may clear the outputs of a training that was killed as it ended.
"""

import sys
from functools import partial

from ablate.evaluation.metrics import metrics
from ablate.files import remove_tree
from ablate.planning.requests import Request
from ablate.requests.metrics import AskedMetrics
from ablate.steps import command_line


def step(request: Request) -> None:
    """Write the metrics of the run and seed in the request."""
    wanted = request.read(AskedMetrics)
    folder = wanted.results.run(wanted.run, wanted.seed)
    metrics(folder).write(folder)
    remove_tree(wanted.results.state(wanted.run, wanted.seed))


main = partial(command_line.answer, step)

if __name__ == "__main__":
    sys.exit(main())
