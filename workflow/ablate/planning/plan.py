"""From config to plan: every run that is due, and what each study, family and figure shows."""

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from ablate.errors import AblateError
from ablate.paths import Results, TrainingId
from ablate.planning import feasible, figure_needs, known, references
from ablate.planning import rows as spelling
from ablate.planning.planned import (
    PlannedFamily,
    PlannedRow,
    PlannedRun,
    PlannedStudy,
    SeededRun,
)
from ablate.planning.rows import Spelled
from ablate.planning.shrinking import shrunken
from ablate.requests.table import RESERVED
from ablate.settings import Run, differing, own, plain
from ablate.settings.config import Config, Preset
from ablate.settings.data import Cifar10, Data, Synthetic
from ablate.settings.figure import Figure, Member
from ablate.settings.message import sentence
from ablate.settings.place import expanded
from ablate.settings.recipe import Recipes
from ablate.settings.refusal import nearest, shown
from ablate.settings.study import Family, Study


class Plan:
    """What config.yaml asks for at one preset.

    Raises:
        AblateError: the config is wrong; the message says where and what is allowed.
    """

    def __init__(self, written: dict[str, Any]) -> None:
        self.config = _validated(written)
        self.preset = self._preset()
        self.results = Results(self._root())
        self.data = self._images()
        self.note = self.preset.note
        self._options = self.preset.observers or self.config.observers
        self._recipes = Recipes(self.config.recipes)
        self._recipes.check()
        self.runs: dict[str, PlannedRun] = {}
        self.studies = {name: self._study(name, s) for name, s in self.config.studies.items()}
        self.families = {name: self._family(name, f) for name, f in self.config.families.items()}
        self.members = {name: self._members(name, f) for name, f in self.config.figures.items()}
        references.check(self)
        feasible.check(self.runs.values(), self.data)

    @property
    def device(self) -> str:
        """ "auto", "cpu" or "cuda": the config's own where it says, else the preset's."""
        asked = self.config.device
        return asked if asked != "auto" else self.preset.device or "auto"

    @property
    def awaits_gpu(self) -> bool:
        """Whether training stops where there is no CUDA: a preset's wish, until insisted on."""
        return self.preset.needs_gpu and self.device == "auto" and bool(self.runs)

    def set_aside(self) -> str | None:
        """What the config says of images, and the preset has others instead; None for nothing."""
        asked = self.config.data
        source = asked.model_copy(update={"holdout": 0.0})
        if self.preset.data is None or source in (Cifar10(), self.preset.data):
            return None
        return (
            f"preset {self.config.preset} has images of its own, {self.data_name()}: those of "
            f"data, {asked.title}, are not used (docs/data.md)"
        )

    def data_name(self) -> str:
        """What the data is called, with the subsets if it is not all of it."""
        keys = {"training": "train_images", "test": "test_images"}
        sizes = {part: getattr(self.data, key, None) for part, key in keys.items()}
        some = " and ".join(f"{size} of its {part}" for part, size in sizes.items() if size)
        return f"{self.data.title}, {some} images" if some else self.data.title

    def is_all_of(self, data: str) -> bool:
        """Whether the images are all those of the data of this name."""
        parts = [getattr(self.data, part, None) for part in ("train_images", "test_images")]
        return self.data.title == data and parts == [None, None]

    def shows_reported(self, study: Study) -> bool:
        """Whether a study's reported numbers stand beside results on the same data.

        A part of that data, or synthetic images in its place, are shown beside them where the
        preset has a note, which then says on every page what these results are.
        """
        if study.reported_on is None or self.is_all_of(study.reported_on):
            return True
        stands_in = isinstance(self.data, Synthetic) or self.data.title == study.reported_on
        return stands_in and bool(self.note)

    def observers(self, run: str) -> list[dict[str, Any]]:
        """What watches a run at each step, with the options of config.yaml."""
        return self._options.asked(self.runs[run].observers)

    def weights_of(self, figure: str) -> set[TrainingId]:
        """Every training whose weights a listed figure draws."""
        asked = self.config.figures[figure]
        if not figure_needs.needs(figure, asked).weights:
            return set()
        best_of = self.studies[asked.best_of].trainings if asked.best_of else []
        shown = [*self.members[figure].values(), *best_of]
        return {each for training in shown for each in training.ids}

    @cached_property
    def drawn(self) -> set[TrainingId]:
        """Every training whose weights some figure draws."""
        return set().union(*map(self.weights_of, self.config.figures))

    def keep(self, run: str, seed: int) -> str:
        """The weights kept of a training: as the config says, but those that are drawn always."""
        asked = self.config.keep
        return "best" if asked == "none" and (run, seed) in self.drawn else asked

    def trainings(self) -> list[TrainingId]:
        """Every training that is due, each once."""
        return [TrainingId(name, s) for name, run in self.runs.items() for s in sorted(run.seeds)]

    def row(self, reference: str, place: str) -> PlannedRow:
        """The row written as study/row.

        Raises:
            AblateError: there is no such study or row.
        """
        study, slash, row = reference.partition("/")
        if not slash:
            raise AblateError(f"{place}: found {shown(reference)}, a row is written study/row")
        known.check(place, "study", study, self.studies)
        rows = self.studies[study].rows
        if row not in rows:
            raise AblateError(f"{place}: study {study} has no row {row!r}; {nearest(row, [*rows])}")
        return rows[row]

    def training(self, reference: str, place: str) -> SeededRun:
        """The training of the row written study/row.

        Raises:
            AblateError: there is no such row, or it was measured elsewhere.
        """
        found = self.row(reference, place).training
        if found is None:
            raise AblateError(
                f"{place}: {reference} was measured elsewhere, so there is no run of it here"
            )
        return found

    def _preset(self) -> Preset:
        known.check("preset", "preset", self.config.preset, self.config.presets)
        return self.config.presets[self.config.preset]

    def _images(self) -> Data:
        """The preset's images, if it has its own. What is held out is a protocol for any images."""
        own = self.preset.data
        if own is None or "holdout" in own.model_fields_set:
            return own or self.config.data
        return own.model_copy(update={"holdout": self.config.data.holdout})

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
    ) -> SeededRun:
        """Resolve one run, shrink it to the preset, and add it to those that are due."""
        full = self._recipes.run(names_recipe or place, recipe, deltas, self.data.holdout)
        run = self._shrunken(place, full)
        planned = self.runs.setdefault(run.name, PlannedRun(run, place))
        if planned.run != run:
            raise AblateError(
                f"{place}: two different runs have the name {run.name}; change one of them slightly"
            )
        try:
            self._options.check(asked.observers, run.optimizer)
        except AblateError as error:
            raise AblateError(f"{place}: {error}") from None
        seeds = tuple(asked.seeds or self.config.seeds)
        planned.seeds.update(seeds)
        planned.observers.update(asked.observers)
        return SeededRun(run, seeds, full)

    def _shrunken(self, place: str, full: Run) -> Run:
        """The run at this preset, which may shrink it further than its network goes."""
        try:
            return shrunken(full, self.preset)
        except ValidationError as error:
            at = f"{place}: at preset {self.config.preset}"
            raise AblateError(f"{at}: {sentence(error)}") from None

    def _study(self, name: str, study: Study) -> PlannedStudy:
        place = f"studies.{name}"
        if name in RESERVED:
            raise AblateError(
                f"{place}: {name!r} is a table or page of the whole report: choose another name"
            )
        if name in self.preset.precision:
            one_for_all = {"precision": self.preset.precision[name]}
            study = study.model_copy(update={"set": one_for_all | study.set})
        spelled = spelling.spelled(place, study)
        if not self.shows_reported(study):
            study = study.without_reported()
            spelled = spelling.spelled(place, study)
        controls = spelling.controls(place, study, spelled)
        rows = {each.name: self._row(place, study, each) for each in spelled.values()}
        _check_apart(place, rows)
        compared = {row: _compared(planned, controls, rows) for row, planned in rows.items()}
        control = spelling.shared_control(place, study, spelled)
        return PlannedStudy(name, study, compared, control, spelling.factors(place, study))

    def _row(self, place: str, study: Study, spelled: Spelled) -> PlannedRow:
        row, here = spelled.row, f"{place}.rows.{spelled.name}"
        if row.measured is not None:
            return PlannedRow(spelled.name, row, None, spelled.levels)
        asked = study.model_copy(update={"seeds": row.seeds or study.seeds})
        deltas = [(f"{place}.set", study.set), *spelled.deltas]
        names_recipe = here if row.recipe else place
        training = self._training(here, row.recipe or study.recipe, deltas, asked, names_recipe)
        return PlannedRow(spelled.name, row, training, spelled.levels)

    def _family(self, name: str, family: Family) -> PlannedFamily:
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
        return PlannedFamily(name, family.label, members)

    def _members(self, name: str, figure: Figure) -> dict[str, SeededRun]:
        """The runs a figure names, by label; rows of studies or runs of its own."""
        found = {}
        for label, member in figure.runs.items():
            place = f"figures.{name}.runs.{label}"
            if isinstance(member, Member):
                asked = Study.model_construct(seeds=None, observers=[])
                deltas = [(f"{place}.set", member.set)]
                found[label] = self._training(place, member.recipe, deltas, asked)
            else:
                found[label] = self.training(member, place)
        return found


def _validated(written: dict[str, Any]) -> Config:
    plain.check(written)
    default = Config.model_fields["extensions"].default
    folder = written.get("extensions", default) if isinstance(written, dict) else None
    own.use(_place(folder))
    try:
        return Config.model_validate(written)
    except ValidationError as error:
        raise AblateError(sentence(error)) from None


def _place(folder: Any) -> Path | None:
    """The folder of one's own code; None where it is written wrong, which is said later."""
    try:
        return Path(expanded(folder)) if isinstance(folder, str) else None
    except PydanticCustomError:
        return None


def _check_apart(place: str, rows: dict[str, PlannedRow]) -> None:
    """Refuse a row that is another one again: its runs would count as if they were more.

    Rows that only the preset has made equal may stay.
    """
    seen: dict[TrainingId, PlannedRow] = {}
    for row in rows.values():
        for each in row.training.ids if row.training else ():
            other = seen.setdefault(each, row)
            if other is not row and other.training.full == row.training.full:
                raise AblateError(
                    f"{place}.rows.{row.name}: this is the run of row {other.name!r} again: what "
                    "it sets is so already. Set something else, or give it other seeds"
                )


def _compared(row: PlannedRow, controls: dict[str, str], rows: dict[str, PlannedRow]) -> PlannedRow:
    control = controls.get(row.name)
    if control is None:
        return row
    one, other = row.training, rows[control].training
    # What was set elsewhere is not known here.
    settings = differing(one.run, other.run) if one and other else []
    return replace(row, control=control, differs_by=settings)
