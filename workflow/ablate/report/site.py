"""The report as one interactive page: all data of a results tree, packed into one file."""

import importlib
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ablate import invocation
from ablate.data.manifest import Manifest
from ablate.files import write_text
from ablate.findings.stored import Findings
from ablate.report import (
    answers,
    changes,
    charts,
    checklist,
    citation,
    facts,
    pictures,
    runs,
    scripts,
    settings,
    studies,
    wording,
)
from ablate.report.packed import packed, within
from ablate.requests.page import ListedFigure, Site
from ablate.requests.table import Table
from ablate.runs.finished import FinishedRun
from ablate.tables import claims

HERE = Path(__file__).parent
# Every value is escaped; an unknown one is an error rather than an empty place.
_TEMPLATES = Environment(
    loader=FileSystemLoader(HERE),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
# Bytes of the file that details of runs, and figures, may take; what is beyond is left out.
FOR_RUNS, FOR_FIGURES = 1_400_000, 1_300_000
RUNS_A_PART = 50


def write(request: Site, out: Path) -> None:
    """Write the site to `out`, and remember what it shows for the next build's list of changes."""
    text, state = page(request)
    write_text(out, text)
    changes.keep(request.results, state)


def page(request: Site) -> tuple[str, dict[str, Any]]:
    """The site as HTML, and the state of this build. Takes what `write` takes."""
    made = [studies.study(asked) for asked in request.studies]
    shown = [study for study, _ in made]
    found = runs.finished(request)
    state = changes.state(shown, {str(run.id): run.metrics for run in found})
    details = within(_details(request, found), FOR_RUNS)
    figures = within(_figures(request), FOR_FIGURES)
    main = {
        **_whole(request, shown, found),
        "changes": changes.changes(state, changes.before(request.results, state)),
        "charts": charts.charts(),
        "runs_a_part": RUNS_A_PART,
        "left_out": {
            "runs": max(0, len(found) - RUNS_A_PART * len(details)),
            "figures": [f.name for f in request.figures if f.name not in figures],
        },
    }
    copies = {study["study"]: text for study, text in made}
    parts = {
        "main": packed(main),
        "library": packed(charts.bundle()),
        "copies": packed(copies),
        **details,
        **{f"figure/{name}": text for name, text in figures.items()},
    }
    return _shell(request, parts), state


def _whole(request: Site, shown: list[dict[str, Any]], found: list[FinishedRun]) -> dict[str, Any]:
    """What the page needs at once: all but the details of runs, and the figures."""
    manifest = Manifest.read(request.results.manifest)
    metrics = [run.metrics for run in found]
    findings = Findings.read(request.results.tables)
    shown_in: dict[str, list[str]] = {}
    for study in shown:
        study["answer"] = answers.shown(study, findings.answers[study["study"]])
        for row in study["rows"]:
            if row["run"]:
                shown_in.setdefault(row["run"], []).append(f"{study['study']}/{row['row']}")
    rows = [row for study in shown for row in study["rows"]]
    finished = {run.id for run in found}
    return {
        "preset": request.preset,
        "note": request.note,
        "data": wording.data(manifest, (each.provenance.train_images for each in metrics)),
        "classes": manifest.classes,
        "studies": shown,
        "headlines": claims.headlines([*findings.verdicts.values()]),
        "verdicts": [asdict(verdict) for verdict in findings.verdicts.values()],
        "runs": [runs.line(run) for run in found],
        # All seeds of a run share them.
        "settings": {run.run: settings.named(run.metrics.provenance.settings) for run in found},
        "shown_in": shown_in,
        "unfinished": [str(each) for each in request.runs if each not in finished],
        "tables": [_table(asked) for asked in request.tables],
        "figures": [_listed(figure) for figure in request.figures],
        "facts": facts.facts(request, [each.provenance for each in metrics]),
        "checklist": checklist.checklist(metrics, rows),
        "citation": citation.bibtex(),
        "config": request.config,
        "options": invocation.options(),
        "results": str(request.results.root),
    }


def _details(request: Site, found: list[FinishedRun]) -> Iterator[tuple[str, Callable[[], Any]]]:
    """The details of so many runs at a time."""
    compared = len(found) <= runs.MOST_COMPARED
    accepted = {each.product: each.when for each in request.accepted}
    for part, first in enumerate(range(0, len(found), RUNS_A_PART)):
        some = found[first : first + RUNS_A_PART]
        yield (
            f"runs/{part}",
            lambda some=some: {
                str(r.id): runs.details(r, compared, accepted.get(f"runs/{r.id}")) for r in some
            },
        )


def _figures(request: Site) -> Iterator[tuple[str, Callable[[], Any]]]:
    for figure in request.figures:
        yield figure.name, lambda name=figure.name: pictures.picture(request.results.figure(name))


def _listed(figure: ListedFigure) -> dict[str, str]:
    return {"figure": figure.name, **figure.model_dump(exclude={"name"})}


def _table(asked: Table) -> dict[str, Any]:
    """A table that is no study's: its sections as they stand in its Markdown."""
    _, page = importlib.import_module(f"ablate.tables.{asked.kind}").page(asked)
    return {
        "table": asked.kind,
        "title": page.title,
        "text": page.text,
        "sections": [
            {
                "heading": section.heading,
                "columns": [[name, name not in section.left] for name in section.columns],
                "lines": section.lines,
                "bold": sorted(section.bold),
            }
            for section in page.sections
        ],
        "notes": page.notes,
    }


def _shell(request: Site, parts: dict[str, str]) -> str:
    return _TEMPLATES.get_template("shell.html.jinja").render(
        title="Results at a glance",
        note=request.note,
        style=(HERE / "site.css").read_text(encoding="utf-8"),
        scripts=scripts.text(),
        parts=parts,
    )
