"""From config to plan: every run that is due, and what each study, family and figure shows."""

from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from ablate.errors import AblateError
from ablate.paths import Results
from ablate.settings import Run, differing, drawings, plain
from ablate.settings.config import Config, Preset
from ablate.settings.message import sentence
from ablate.settings.named import nearest, shown
from ablate.settings.recipe import Recipes
from ablate.settings.study import ROW_NAME, Axis, Family, Figure, Member, Row, Study


@dataclass(frozen=True)
class Training:
    """A run as somebody asked for it: its settings and the seeds wanted."""

    run: Run
    seeds: tuple[int, ...]


@dataclass(frozen=True)
class PlannedRow:
    """A row of a study's table and the training behind it."""

    name: str
    written: Row
    training: Training
    differs_by: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        """What tables and figures call the row."""
        return self.written.label or self.name.replace("_", " ")


@dataclass(frozen=True)
class PlannedStudy:
    """A study with its rows spelled out."""

    name: str
    written: Study
    rows: dict[str, PlannedRow]
    control: str | None


@dataclass(frozen=True)
class Band:
    """A family with its members spelled out: (value of the setting, training)."""

    name: str
    label: str
    members: list[tuple[Any, Training]]


@dataclass
class PlannedRun:
    """A training that is due: all seeds and all recordings that anybody asks for.

    Attributes:
        place: where in the config it is asked for first.
    """

    run: Run
    place: str = ""
    seeds: set[int] = field(default_factory=set)
    record: set[str] = field(default_factory=set)


class Plan:
    """What config.yaml asks for at one preset.

    Raises:
        AblateError: the config is wrong; the message says where and what is allowed.
    """

    def __init__(self, written: dict[str, Any]) -> None:
        self.config = _validated(written)
        self.preset = self._preset()
        self.results = Results(self._root())
        self.data = self.preset.data or self.config.data
        self.note = self.preset.note
        self._recipes = Recipes(self.config.recipes)
        self._recipes.check()
        self.runs: dict[str, PlannedRun] = {}
        self.studies = {name: self._study(name, s) for name, s in self.config.studies.items()}
        self.bands = {name: self._band(name, f) for name, f in self.config.families.items()}
        self.members = {name: self._members(name, f) for name, f in self.config.figures.items()}
        self._check_references()
        self._check_last_batches()

    @property
    def awaits_gpu(self) -> bool:
        """Whether training stops where there is no CUDA: a preset's wish, until insisted on."""
        return self.preset.needs_gpu and self.config.device == "auto"

    def data_name(self) -> str:
        """What the data is called, with the subset if it is one."""
        data = self.data
        name = {"cifar10": "CIFAR-10", "synthetic": "synthetic"}.get(data.source) or data.name
        some = getattr(data, "train_images", None)
        return f"{name}, {some} of its training images" if some else name

    def observers(self, run: str) -> list[dict[str, Any]]:
        """What is recorded at each step of a run, with the options of config.yaml."""
        measure = self.preset.measure or self.config.measure
        every = {"gradients": measure.gradients_every, "line_probe": measure.line_probe_every}
        return [
            {"name": name, **({"every": every[name]} if name in every else {})}
            for name in sorted(self.runs[run].record)
        ]

    def trainings(self) -> list[tuple[str, int]]:
        """Every (run, seed) that is due, each once."""
        return [(name, seed) for name, run in self.runs.items() for seed in sorted(run.seeds)]

    def row(self, reference: str, place: str) -> PlannedRow:
        """The row written as study/row.

        Raises:
            AblateError: there is no such study or row.
        """
        study, slash, row = reference.partition("/")
        if not slash:
            raise AblateError(f"{place}: found {shown(reference)}, a row is written study/row")
        if study not in self.studies:
            raise AblateError(f"{place}: no study {study!r}; {nearest(study, [*self.studies])}")
        rows = self.studies[study].rows
        if row not in rows:
            raise AblateError(f"{place}: study {study} has no row {row!r}; {nearest(row, [*rows])}")
        return rows[row]

    def _preset(self) -> Preset:
        presets = self.config.presets
        if self.config.preset not in presets:
            raise AblateError(
                f"preset: {self.config.preset!r} is none; {nearest(self.config.preset, [*presets])}"
            )
        return presets[self.config.preset]

    def _root(self) -> str:
        shrunken = self.config.preset != "paper"
        return f"{self.config.results}/{self.config.preset}" if shrunken else self.config.results

    def _training(
        self,
        place: str,
        recipe: str,
        deltas: list[tuple[str, dict[str, Any]]],
        asked: Any,
        names_recipe: str | None = None,
    ) -> Training:
        """Resolve one run, shrink it to the preset, and add it to those that are due."""
        full = self._recipes.run(names_recipe or place, recipe, deltas, self.data.holdout)
        run = shrunken(full, self.preset)
        planned = self.runs.setdefault(run.name, PlannedRun(run, place))
        if planned.run != run:
            raise AblateError(
                f"{place}: two different runs are named {run.name}; change one a little"
            )
        seeds = tuple(asked.seeds or self.config.seeds)
        planned.seeds.update(seeds)
        planned.record.update(asked.record)
        return Training(run, seeds)

    def _study(self, name: str, study: Study) -> PlannedStudy:
        place = f"studies.{name}"
        rows = {}
        for row_name, row, deltas in _spelled(place, study):
            if row_name in rows:
                raise AblateError(f"{place}: two rows are named {row_name!r}")
            asked = study.model_copy(update={"seeds": row.seeds or study.seeds})
            deltas = [(f"{place}.set", study.set), *deltas]
            here, recipe = f"{place}.rows.{row_name}", row.recipe or study.recipe
            names_recipe = here if row.recipe else place
            training = self._training(here, recipe, deltas, asked, names_recipe)
            rows[row_name] = PlannedRow(row_name, row, training)
        for row_name in study.reported:
            if row_name not in rows:
                raise AblateError(
                    f"{place}.reported: no row {row_name!r}; {nearest(row_name, [*rows])}"
                )
        control = _control(place, study, rows)
        return PlannedStudy(name, study, _compared(rows, control), control)

    def _band(self, name: str, family: Family) -> Band:
        place = f"families.{name}"
        (path, values), *_ = family.over.items()
        members = [
            (
                value,
                self._training(
                    place,
                    family.recipe,
                    [(f"{place}.set", family.set), (f"{place}.over", {path: value})],
                    family,
                ),
            )
            for value in values
        ]
        return Band(name, family.label, members)

    def _members(self, name: str, figure: Figure) -> dict[str, Training]:
        """The runs a figure names, by label; rows of studies or runs of its own."""
        found = {}
        for label, member in figure.runs.items():
            place = f"figures.{name}.runs.{label}"
            if isinstance(member, Member):
                asked = Study.model_construct(seeds=None, record=[])
                deltas = [(f"{place}.set", member.set)]
                found[label] = self._training(place, member.recipe, deltas, asked)
            else:
                found[label] = self.row(member, place).training
        return found

    def _check_references(self) -> None:
        for name, figure in self.config.figures.items():
            if figure.best_of is not None and figure.best_of not in self.studies:
                raise AblateError(
                    f"figures.{name}.best_of: no study {figure.best_of!r}; "
                    f"{nearest(figure.best_of, [*self.studies])}"
                )
            for family in figure.families:
                if family not in self.bands:
                    raise AblateError(
                        f"figures.{name}.families: no family {family!r}; "
                        f"{nearest(family, [*self.bands])}"
                    )
            drawings.check(name, figure, self._recorded(name))
        for group, choices in self.config.winners.groups.items():
            for setting, choice in choices.items():
                for row in [*choice.rows, choice.reported]:
                    self.row(f"{choice.study}/{row}", f"winners.groups.{group}.{setting}")

    def _recorded(self, figure: str) -> dict[str, set[str]]:
        """What the runs and families that a figure shows record, by label and name."""
        shown = {label: [training] for label, training in self.members[figure].items()}
        for family in self.config.figures[figure].families:
            shown[family] = [training for _, training in self.bands[family].members]
        return {
            label: set.intersection(*(self.runs[t.run.name].record for t in trainings))
            for label, trainings in shown.items()
        }

    def _check_last_batches(self) -> None:
        """A batch of one image cannot always be normalised: refuse it before it is trained."""
        images, side = train_images(self.data), image_side(self.data)
        for planned in self.runs.values() if images else ():
            check_last_batch(planned.run, images, side, planned.place)


def check_last_batch(run: Run, images: int, side: int | None, place: str) -> None:
    """Refuse a run whose last batch is one image where its network needs two.

    Args:
        images: training images before any are held out.
        side: of an image, in pixels, where it is known.
    """
    held_out = min(max(1, round(images * run.holdout)), images - 1) if run.holdout else 0
    kept = images - held_out
    if run.last_batch_needs_two(side) and (kept % run.batch_size or run.batch_size) == 1:
        raise AblateError(
            f"{place}: batch_size: found {run.batch_size}, which leaves a last batch of one of "
            f"{kept} images, and this network's batch normalisation needs two; choose another size"
        )


def train_images(data: Any) -> int | None:
    """How many training images a data source holds, where its settings alone tell."""
    if data.source == "synthetic":
        return data.train
    return data.train_images or (50_000 if data.source == "cifar10" else None)


def image_side(data: Any) -> int | None:
    """The side of a data source's images in pixels, where its settings alone tell."""
    if data.source == "folder":
        return data.resize
    return data.size if data.source == "synthetic" else 32


def shrunken(run: Run, preset: Preset) -> Run:
    """The run as a preset shrinks it; its schedule is then followed by progress."""
    changed = run.resolved()
    changed["model"]["width"] *= preset.width
    changed["batch_size"] = min(run.batch_size, max(2, round(run.batch_size * preset.batch_size)))
    if run.steps is not None:
        changed["steps"] = min(run.steps, preset.steps or run.steps)
    else:
        changed["epochs"] = preset.epochs.shortened(run.epochs)
        if changed["epochs"] != run.epochs:
            changed["schedule_epochs"] = run.schedule_epochs or run.epochs
    return Run.model_validate(changed)


def _validated(written: dict[str, Any]) -> Config:
    plain.check(written)
    try:
        return Config.model_validate(written)
    except ValidationError as error:
        raise AblateError(sentence(error, Config, written=written)) from None


def _spelled(place: str, study: Study) -> list[tuple[str, Row, list]]:
    """The rows of a study, each crossed with its grid: name, row, deltas with their places."""
    rows = [
        (name, row, [(f"{place}.rows.{name}.set", row.set)]) for name, row in study.rows.items()
    ]
    for path, axis in study.grid.items():
        rows = [
            _crossed(name, row, label, [*deltas, (f"{place}.grid", {path: value})])
            for name, row, deltas in rows or [("", Row(), [])]
            for label, value in _choices(f"{place}.grid.{path}", path, axis)
        ]
    if not study.grid:
        return rows
    return [
        (name, row.model_copy(update={"reported": study.reported.get(name)}), deltas)
        for name, row, deltas in rows
    ]


def _crossed(name: str, row: Row, value: str, deltas: list) -> tuple[str, Row, list]:
    """A row at one value along a grid's axis: row_value, and its label likewise."""
    label = f"{row.label}, {value}" if row.label else None
    return (
        f"{name}_{value}" if name else value,
        row.model_copy(update={"label": label}),
        deltas,
    )


def _choices(place: str, path: str, axis: Axis) -> list[tuple[str, Any]]:
    """The values along one axis with their names, which a list leaves to the values."""
    if isinstance(axis, dict):
        return list(axis.items())
    named = [(f"{path.rpartition('.')[2]}={value}", value) for value in axis]
    for name, value in named:
        if not ROW_NAME.fullmatch(name):
            raise AblateError(
                f"{place}: {shown(value)} cannot name a row; write {{name of the row: value}}"
            )
    return named


def _control(place: str, study: Study, rows: dict[str, PlannedRow]) -> str | None:
    marked = [name for name, row in rows.items() if row.written.control]
    if study.control is not None:
        marked.append(study.control)
    if len(set(marked)) > 1:
        raise AblateError(f"{place}: found the controls {', '.join(marked)}, there is one at most")
    if marked and marked[0] not in rows:
        raise AblateError(f"{place}.control: no row {marked[0]!r}; {nearest(marked[0], [*rows])}")
    return marked[0] if marked else None


def _compared(rows: dict[str, PlannedRow], control: str | None) -> dict[str, PlannedRow]:
    if control is None:
        return rows
    base = rows[control].training.run
    return {
        name: PlannedRow(name, row.written, row.training, differing(row.training.run, base))
        for name, row in rows.items()
    }
