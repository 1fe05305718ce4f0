"""The page of all runs: settings and provenance of each, to be searched."""

from ablate.report.rendering import render
from ablate.report.run import view
from ablate.runs.finished import finished_runs


def page(request: dict) -> str:
    """Every run of the report as HTML.

    Args:
        request: `results` and `runs`, a list of [run, seed]; `shown_in`, where given, says which
            rows show a run: {run: ["activation/relu"]}.

    Raises:
        AblateError: a run's metrics are damaged.
    """
    entries = [{"run": run, "seeds": [seed]} for run, seed in request["runs"]]
    found = finished_runs(request["results"], entries, partial=True)
    finished = {(run.run, run.seed) for run in found}
    shown_in = request.get("shown_in", {})
    return render(
        "runs",
        request,
        title="All runs",
        runs=[view(run, shown_in.get(run.run, [])) for run in found],
        unfinished=[f"{r}/seed{seed}" for r, seed in request["runs"] if (r, seed) not in finished],
    )
