"""The report: the interactive site, and the same in plain Markdown."""

from typing import Any

import yaml

from ablate.planning import acceptance, inputs, studies
from ablate.planning.plan import Plan
from ablate.planning.planned import SeededRun
from ablate.planning.product import Inputs, Product
from ablate.planning.products import figure, table
from ablate.requests.asked import Asked
from ablate.requests.page import Accepted, ListedFigure, Plain, Site

SITE, PLAIN = "index", "markdown"
# libyaml's, a quarter of the time, where PyYAML was built with it.
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
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
        (asked, needs), out = _site(plan), plan.results.page(SITE)
    else:
        (asked, needs), out = _plain(plan), plan.results.markdown
    return Product(
        name=f"report/{name}",
        step="ablate.steps.page",
        request=asked.plain(),
        inputs=needs,
        outputs=(out,),
        record=plan.results.record(f"report/{name}"),
        chosen=tuple(f"ablate.tables.{n}" for n in _others(plan)) if name == SITE else (),
    )


def _others(plan: Plan) -> list[str]:
    """The tables that the site shows by themselves: rows and claims stand among its studies."""
    return [name for name in table.whole_report(plan) if name not in ("summary", "claims")]


def _site(plan: Plan) -> tuple[Asked, Inputs]:
    asked = {name: table.request(plan, name) for name in _others(plan)}
    every = [SeededRun(run.run, tuple(sorted(run.seeds)), run.run) for run in plan.runs.values()]
    needs = inputs.measured(plan, every) | inputs.figures(plan, plan.config.figures)
    for _, used in asked.values():
        needs |= used
    needs |= inputs.findings(plan) | inputs.packed(plan)
    request = Site(
        **_what_was_run(plan, needs),
        studies=tuple(studies.asked(plan, planned) for planned in plan.studies.values()),
        runs=tuple(plan.trainings()),
        tables=tuple(shown for shown, _ in asked.values()),
        config=_config(plan),
    )
    return request, needs


def _plain(plan: Plan) -> tuple[Asked, Inputs]:
    needs = inputs.tables(plan, table.names(plan)) | inputs.figures(plan, figure.names(plan))
    needs |= inputs.packed(plan)
    request = Plain(
        **_what_was_run(plan, needs),
        studies=studies.headings(plan),
        tables=tuple(table.whole_report(plan)),
    )
    return request, needs


def _config(plan: Plan) -> str:
    """The config as it was understood, as YAML; what has its default is left out."""
    said = plan.config.model_dump(mode="json", exclude_defaults=True, exclude=CIRCUMSTANCES)
    preset = plan.preset.model_dump(mode="json", exclude_defaults=True)
    whole = {**said, "presets": {plan.config.preset: preset}}
    return yaml.dump(whole, Dumper=DUMPER, sort_keys=False, allow_unicode=True, width=100)


def _what_was_run(plan: Plan, needs: Inputs) -> dict[str, Any]:
    """What every page says of the whole, and of what it is made from."""
    return {
        "note": plan.note,
        "preset": plan.config.preset,
        "data": plan.data.model_dump(mode="json", exclude={"path"}),
        "seeds": tuple(sorted({each.seed for each in plan.trainings()})),
        "figures": tuple(
            ListedFigure(name=name, title=f.title, section=f.section, caption=f.caption)
            for name, f in plan.config.figures.items()
        ),
        "accepted": _accepted(plan, needs),
    }


def _accepted(plan: Plan, needs: Inputs) -> tuple[Accepted, ...]:
    ids = plan.trainings()
    shown = {*needs.values(), *(f"{kind}/{id}" for kind in ("runs", "metrics") for id in ids)}
    found = acceptance.accepted(plan.results)
    return tuple(Accepted(product=n, when=a["when"]) for n, a in found.items() if n in shown)
