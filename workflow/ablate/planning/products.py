"""What is made from what: every product of a plan, with its request, inputs and outputs."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ablate.errors import AblateError
from ablate.planning import code, requests
from ablate.planning.plan import Band, Plan, Training
from ablate.settings.augmentation import module_name
from ablate.settings.named import nearest

OBSERVERS = "ablate.observers."
RUN_FILES = ("checkpoint.pt", "history.csv", "steps.npz", "predictions.npz")


@dataclass(frozen=True)
class Product:
    """Files that one job makes.

    Attributes:
        name: its place in the results tree, such as "tables/activation".
        step: the module that makes it.
        request: what the step is asked to make, as plain JSON values.
        inputs: the files whose content counts, each made by the product of that name (or None).
        outputs: what appears, the record of why aside.
        chosen: modules that the request chooses.
        record: the file that says why it was made.
    """

    name: str
    step: str
    request: dict[str, Any]
    inputs: dict[Path, str | None]
    outputs: tuple[Path, ...]
    chosen: tuple[str, ...]
    record: Path

    @property
    def code(self) -> str:
        """The digest of the code that makes it."""
        return code.digest(self.step, self.chosen)


class Products:
    """Every product of a plan, by name; each is spelled out when it is asked for."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        tables = self.tables()
        for name, figure in plan.config.figures.items():
            for table in figure.tables:
                if table not in tables:
                    raise AblateError(
                        f"figures.{name}.tables: no table {table!r}; {nearest(table, tables)}"
                    )
        self._made: dict[str, Product] = {}

    def __getitem__(self, name: str) -> Product:
        if name not in self._made:
            kind, _, rest = name.partition("/")
            self._made[name] = getattr(self, f"_{kind}")(rest)
        return self._made[name]

    def names(self) -> Iterator[str]:
        """All products that the whole report consists of."""
        yield "data"
        for run, seed in self.plan.trainings():
            yield f"runs/{run}/seed{seed}"
            yield f"metrics/{run}/seed{seed}"
        yield from (f"tables/{name}" for name in self.tables())
        yield from (f"figures/{name}" for name in self.figures())
        yield from (f"report/{name}" for name in self.pages())

    def tables(self) -> list[str]:
        """The names of all tables."""
        probed = ["bn_measures"] if self.plan.bands else []
        winners = ["winners"] if self.plan.config.winners.groups else []
        return [*self.plan.studies, *winners, *probed, "summary"]

    def figures(self) -> list[str]:
        """The names of all figures."""
        return [*self.plan.config.figures, *(f"study_{name}" for name in self.plan.studies)]

    def pages(self) -> list[str]:
        """The pages of the HTML report, and the plain one."""
        others = [name for name in self.tables() if name in ("winners", "bn_measures")]
        return ["overview", *self.plan.studies, *others, "runs", "markdown"]

    def _data(self, _: str) -> Product:
        settings = self.plan.data.model_dump(mode="json", exclude={"holdout"})
        data = self.plan.results.data
        return self._product(
            "data",
            "ablate.steps.pack",
            settings,
            {},
            (data / "manifest.json", data / "images.npz"),
            (f"ablate.data.{settings['source']}",),
        )

    def _runs(self, rest: str) -> Product:
        run, seed = _split(rest)
        folder = self.plan.results.run(run, seed)
        request = requests.training(self.plan, run, seed)
        augmentation = self.plan.runs[run].run.augmentation
        transforms = [module_name(name) for name in augmentation.names]
        return Product(
            f"runs/{rest}",
            "ablate.steps.train",
            request,
            {self.plan.results.manifest: "data"},
            tuple(folder / name for name in RUN_FILES),
            (
                f"ablate.models.{self.plan.runs[run].run.model.family}",
                *(f"ablate.augmentation.{name}" for name in transforms),
                *(f"ablate.training.options.{name}" for name in self.plan.runs[run].run.options),
                *(f"{OBSERVERS}{observer['name']}" for observer in request["observers"]),
            ),
            folder / "training.json",
        )

    def _metrics(self, rest: str) -> Product:
        run, seed = _split(rest)
        folder = self.plan.results.run(run, seed)
        inputs = {folder / "training.json": f"runs/{rest}"}
        outputs = (folder / "metrics.json",)
        return self._product(
            f"metrics/{rest}", "ablate.steps.metrics", {"run": run}, inputs, outputs
        )

    def _tables(self, name: str) -> Product:
        plan, results = self.plan, self.plan.results
        kind = name if name in ("winners", "bn_measures", "summary") else "study"
        if kind == "winners":
            request = requests.winners(plan)
            choices = [c for group in plan.config.winners.groups.values() for c in group.values()]
            inputs = self._table_inputs({choice.study for choice in choices})
        elif kind == "summary":
            request = {"studies": [requests.heading(study) for study in plan.studies.values()]}
            inputs = self._table_inputs(plan.studies)
        elif kind == "bn_measures":
            bands, probed = self._measured(), self._probed()
            request = requests.bn_measures(bands, probed)
            inputs = self._trainings_of([*_members(bands), *probed.values()])
        else:
            request = requests.study(plan, plan.studies[name])
            inputs = self._metrics_of(row.training for row in plan.studies[name].rows.values())
        outputs = tuple(results.table(name, suffix) for suffix in ("csv", "md", "tex"))
        request = {"kind": kind, "note": plan.note, **request}
        chosen = (f"ablate.tables.{kind}",)
        return self._product(
            f"tables/{name}", "ablate.steps.table", request, inputs, outputs, chosen
        )

    def _figures(self, name: str) -> Product:
        plan, results = self.plan, self.plan.results
        outputs = (results.figure(name), results.figure(name, "svg"))
        request = {"figure": name, "note": plan.note}
        if name.startswith("study_"):
            study = plan.studies[name.removeprefix("study_")]
            request |= {"title": study.written.title, "study": requests.study(plan, study)}
            inputs = self._metrics_of(row.training for row in study.rows.values())
            inputs |= self._table_inputs([study.name])
            module = "study"
        else:
            runs, bands = self._shown(name)
            request |= requests.figure(plan, name, runs, bands)
            inputs = self._figure_needs(name, runs, bands)
            module = name
        chosen = (f"ablate.figures.{module}",)
        step = "ablate.steps.figure"
        return self._product(f"figures/{name}", step, request, inputs, outputs, chosen)

    def _report(self, name: str) -> Product:
        plan, results = self.plan, self.plan.results
        request = requests.what_was_run(plan)
        if name in plan.studies:
            study = plan.studies[name]
            request |= requests.study(plan, study)
            request["figure"] = f"figures/study_{name}.png"
            inputs = self._metrics_of(row.training for row in study.rows.values())
            inputs |= self._table_inputs([name])
            inputs |= self._figure_inputs([f"study_{name}"])
            kind, outputs = "study", (results.page(name),)
        elif name == "runs":
            request["runs"] = [[run, seed] for run, seed in plan.trainings()]
            request["shown_in"] = requests.shown_in(plan)
            inputs = self._metrics_of(self._trainings())
            kind, outputs = "runs", (results.page(name),)
        elif name in self.tables():
            table = self[f"tables/{name}"]
            request |= {**table.request, "table": name}
            inputs = {**table.inputs, **self._table_inputs([name])}
            kind, outputs = "table", (results.page(name),)
        else:
            request |= requests.whole_report(plan, self.tables())
            inputs = self._table_inputs(self.tables()) | self._figure_inputs(self.figures())
            inputs |= {results.manifest: "data"}
            kind = name
            outputs = (results.page(name) if kind == "overview" else results.root / "report.md",)
        return self._product(
            f"report/{name}",
            "ablate.steps.page",
            {**request, "kind": kind},
            inputs,
            outputs,
            (f"ablate.tables.{name}",) if kind == "table" else (),
        )

    def _product(
        self,
        name: str,
        step: str,
        request: dict[str, Any],
        inputs: dict[Path, str | None],
        outputs: tuple[Path, ...],
        chosen: tuple[str, ...] = (),
    ) -> Product:
        record = self.plan.results.record(name)
        return Product(name, step, request, inputs, outputs, chosen, record)

    def _measured(self) -> list[Band]:
        """The families whose losses are recorded at each step."""
        runs = self.plan.runs
        return [
            band
            for band in self.plan.bands.values()
            if all("loss" in runs[training.run.name].observers for _, training in band.members)
        ]

    def _probed(self) -> dict[str, Training]:
        """The runs that a line probe watches, by label."""
        return {
            f"{study.written.title}: {row.label}": row.training
            for study in self.plan.studies.values()
            for row in study.rows.values()
            if "line_probe" in study.written.observers
        }

    def _shown(self, figure: str) -> tuple[dict[str, Training], list[Band]]:
        """The runs and families of a figure."""
        written = self.plan.config.figures[figure]
        runs = dict(self.plan.members[figure])
        if written.best_of:
            rows = self.plan.studies[written.best_of].rows.values()
            runs |= {row.label: row.training for row in rows}
        return runs, [self.plan.bands[family] for family in written.families]

    def _figure_needs(
        self, figure: str, runs: dict[str, Training], bands: list[Band]
    ) -> dict[Path, str | None]:
        written = self.plan.config.figures[figure]
        trainings = [*runs.values(), *_members(bands)]
        images = {self.plan.results.manifest: "data"} if written.images else {}
        return (
            self._trainings_of(trainings)
            | self._metrics_of(trainings)
            | self._table_inputs(written.tables)
            | images
        )

    def _trainings(self) -> list[Training]:
        return [Training(run.run, tuple(sorted(run.seeds))) for run in self.plan.runs.values()]

    def _trainings_of(self, trainings: Any) -> dict[Path, str | None]:
        return {
            self.plan.results.run(t.run.name, seed) / "training.json": _product_of("runs", t, seed)
            for t in trainings
            for seed in t.seeds
        }

    def _metrics_of(self, trainings: Any) -> dict[Path, str | None]:
        found = {
            self.plan.results.run(t.run.name, seed) / "metrics.json": _product_of(
                "metrics", t, seed
            )
            for t in trainings
            for seed in t.seeds
        }
        if self.plan.config.partial:
            return {path: made for path, made in found.items() if path.exists()}
        return found

    def _table_inputs(self, names: Any) -> dict[Path, str | None]:
        return {self.plan.results.table(name): f"tables/{name}" for name in names}

    def _figure_inputs(self, names: Any) -> dict[Path, str | None]:
        return {self.plan.results.figure(name): f"figures/{name}" for name in names}


def _split(rest: str) -> tuple[str, int]:
    run, _, seed = rest.rpartition("/seed")
    return run, int(seed)


def _product_of(kind: str, training: Training, seed: int) -> str:
    return f"{kind}/{training.run.name}/seed{seed}"


def _members(bands: list[Band]) -> list[Training]:
    return [training for band in bands for _, training in band.members]
