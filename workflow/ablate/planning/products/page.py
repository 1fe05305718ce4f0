"""The pages of the HTML report, and the plain one."""

from typing import Any

from ablate.planning.plan import Plan, SeededRun
from ablate.planning.product import Inputs, Product
from ablate.planning.products import figure, inputs, table

PLAIN = "markdown"


def names(plan: Plan) -> list[str]:
    """The names of all pages."""
    tables = [name for name in table.whole_report(plan) if name != "summary"]
    return ["overview", *plan.studies, *tables, "runs", PLAIN]


def product(plan: Plan, name: str) -> Product:
    """A page; the plain one is Markdown."""
    kind, asked, needs = _asked(plan, name)
    plain = plan.results.root / "report.md"
    return Product(
        name=f"report/{name}",
        step="ablate.steps.page",
        request={**_what_was_run(plan), **asked, "kind": kind},
        inputs=needs,
        outputs=(plain if kind == PLAIN else plan.results.page(name),),
        record=plan.results.record(f"report/{name}"),
        chosen=(f"ablate.tables.{name}",) if kind == "table" else (),
    )


def _asked(plan: Plan, name: str) -> tuple[str, dict[str, Any], Inputs]:
    if name in plan.studies:
        return "study", *_study(plan, name)
    if name == "runs":
        return "runs", *_runs(plan)
    if name in table.whole_report(plan):
        made = table.product(plan, name)
        return "table", {**made.request, "table": name}, made.inputs | inputs.tables(plan, [name])
    return name, *_whole_report(plan)


def _study(plan: Plan, name: str) -> tuple[dict[str, Any], Inputs]:
    study = plan.studies[name]
    drawn = f"{figure.STUDY}{name}"
    needs = (
        inputs.measured(plan, table.trainings(study))
        | inputs.tables(plan, [name])
        | inputs.figures(plan, [drawn])
    )
    return {**table.study(plan, study), "figure": f"figures/{drawn}.png"}, needs


def _runs(plan: Plan) -> tuple[dict[str, Any], Inputs]:
    """All runs, and which rows show each."""
    shown: dict[str, list[str]] = {}
    for study in plan.studies.values():
        for row in study.rows.values():
            shown.setdefault(row.training.run.name, []).append(f"{study.name}/{row.name}")
    request = {"runs": [[run, seed] for run, seed in plan.trainings()], "shown_in": shown}
    every = [SeededRun(run.run, tuple(sorted(run.seeds))) for run in plan.runs.values()]
    return request, inputs.measured(plan, every)


def _whole_report(plan: Plan) -> tuple[dict[str, Any], Inputs]:
    """All studies, the other tables, and the figures."""
    request = {
        "studies": [table.heading(each) for each in plan.studies.values()],
        "tables": table.whole_report(plan),
        "figures": [
            {"figure": name, "title": f.title, "section": f.section, "caption": f.caption}
            for name, f in plan.config.figures.items()
        ],
    }
    needs = inputs.tables(plan, table.names(plan)) | inputs.figures(plan, figure.names(plan))
    return request, needs | inputs.packed(plan)


def _what_was_run(plan: Plan) -> dict[str, Any]:
    """What every page says of the whole."""
    return {
        "note": plan.note,
        "preset": plan.config.preset,
        "data": plan.data.model_dump(mode="json", exclude={"path"}),
        "seeds": sorted({seed for _, seed in plan.trainings()}),
    }
