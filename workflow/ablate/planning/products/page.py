"""The report: the interactive site, and the same in plain Markdown."""

from typing import Any

import yaml

from ablate.planning.plan import Plan, SeededRun
from ablate.planning.product import Inputs, Product
from ablate.planning.products import figure, findings, inputs, table

SITE, PLAIN = "index", "markdown"
# What decides how things are computed, not what: a change of it leaves the site as it is.
CIRCUMSTANCES = {
    *("results", "device", "threads", "gpu_slots", "deterministic", "keep", "save_every"),
    *("partial", "presets", "figures", "winners"),
}


def names(plan: Plan) -> list[str]:
    """The site and the plain report."""
    return [SITE, PLAIN]


def product(plan: Plan, name: str) -> Product:
    """A report; the plain one is Markdown."""
    if name == SITE:
        kind, (asked, needs), out = "site", _site(plan), plan.results.page(SITE)
    else:
        kind, (asked, needs), out = PLAIN, _plain(plan), plan.results.root / "report.md"
    return Product(
        name=f"report/{name}",
        step="ablate.steps.page",
        request={**_what_was_run(plan), **asked, "kind": kind},
        inputs=needs,
        outputs=(out,),
        record=plan.results.record(f"report/{name}"),
    )


def _site(plan: Plan) -> tuple[dict[str, Any], Inputs]:
    # All rows and claims are shown among the studies.
    others = [name for name in table.whole_report(plan) if name not in ("summary", "claims")]
    request = {
        "studies": [table.study(plan, asked) for asked in plan.studies.values()],
        "runs": [[run, seed] for run, seed in plan.trainings()],
        "tables": [table.product(plan, name).request for name in others],
        "figures": _figures(plan),
        "config": _config(plan),
        "command": "" if plan.config.preset == "paper" else f"--config preset={plan.config.preset}",
    }
    every = [SeededRun(run.run, tuple(sorted(run.seeds))) for run in plan.runs.values()]
    needs = inputs.measured(plan, every) | inputs.figures(plan, plan.config.figures)
    for name in others:
        needs |= table.product(plan, name).inputs
    return request, needs | findings.made(plan) | inputs.packed(plan)


def _plain(plan: Plan) -> tuple[dict[str, Any], Inputs]:
    request = {
        "studies": [table.heading(each) for each in plan.studies.values()],
        "tables": table.whole_report(plan),
        "figures": _figures(plan),
    }
    needs = inputs.tables(plan, table.names(plan)) | inputs.figures(plan, figure.names(plan))
    return request, needs | inputs.packed(plan)


def _figures(plan: Plan) -> list[dict[str, Any]]:
    return [
        {"figure": name, "title": f.title, "section": f.section, "caption": f.caption}
        for name, f in plan.config.figures.items()
    ]


def _config(plan: Plan) -> str:
    """The config as it was understood, as YAML; what has its default is left out."""
    said = plan.config.model_dump(mode="json", exclude_defaults=True, exclude=CIRCUMSTANCES)
    preset = plan.preset.model_dump(mode="json", exclude_defaults=True)
    whole = {**said, "presets": {plan.config.preset: preset}}
    return yaml.safe_dump(whole, sort_keys=False, allow_unicode=True, width=100)


def _what_was_run(plan: Plan) -> dict[str, Any]:
    """What every page says of the whole."""
    return {
        "note": plan.note,
        "preset": plan.config.preset,
        "data": plan.data.model_dump(mode="json", exclude={"path"}),
        "seeds": sorted({seed for _, seed in plan.trainings()}),
    }
