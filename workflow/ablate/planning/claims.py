"""Claims with what they name resolved: rows of any study, families, and runs of figures."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

from ablate.errors import AblateError
from ablate.planning.plan import Plan
from ablate.planning.planned import PlannedRow, PlannedStudy, SeededRun
from ablate.requests.findings import AskedClaim, Referent
from ablate.settings.claims import Claim, Comparison
from ablate.settings.quantities import ACCURACY, OfBand
from ablate.settings.refusal import nearest


@dataclass(frozen=True)
class Resolved:
    """What a reference stands for.

    Attributes:
        trainings: one, the members of a family by the value of its setting, or none where it was
            measured elsewhere.
        asked_in: where its seeds are asked for, ("studies", name) or ("families", name);
            ("figures", name) of a run that stands in a figure alone, whose seeds are the config's.
        row: the study's row, for a reported number.
    """

    label: str
    trainings: dict[str, SeededRun]
    asked_in: tuple[str, str]
    row: PlannedRow | None = None
    is_family: bool = False

    @classmethod
    def of_row(cls, row: PlannedRow, label: str, study: str) -> Self:
        """A row of a study; without a training where it was measured elsewhere."""
        return cls(label, {"": row.training} if row.training else {}, ("studies", study), row)

    @property
    def is_elsewhere(self) -> bool:
        """Whether it was measured elsewhere."""
        return self.row is not None and self.row.training is None


@dataclass(frozen=True)
class PlannedClaim:
    """A claim that a study of a plan states.

    Raises:
        AblateError: on access, where it names what is not there, or what its quantity cannot be
            taken of.
    """

    plan: Plan
    study: PlannedStudy
    name: str

    @property
    def written(self) -> Claim:
        """As the config has it."""
        return self.study.written.claims[self.name]

    @property
    def place(self) -> str:
        """Where it stands in the config."""
        return f"studies.{self.study.name}.claims.{self.name}"

    @property
    def comparisons(self) -> list[Comparison]:
        """All that it compares; the best of a study is the best of all its rows, unless it says
        among which."""
        return [_filled(each, self.study, self.place) for each in self.written.comparisons]

    @cached_property
    def named(self) -> dict[str, Resolved]:
        """Every reference, with what it stands for."""
        return {ref: self.resolved(ref) for each in self.comparisons for ref in each.references}

    @property
    def trainings(self) -> list[SeededRun]:
        """Every training that it names."""
        return [each for found in self.named.values() for each in found.trainings.values()]

    @property
    def asked_in(self) -> set[tuple[str, str]]:
        """Where the seeds of its runs are asked for, as `Resolved.asked_in` says."""
        return {found.asked_in for found in self.named.values()}

    @property
    def names_elsewhere(self) -> bool:
        """Whether it names a row that was measured elsewhere, which nobody can give more seeds."""
        return any(found.is_elsewhere for found in self.named.values())

    def asked(self) -> AskedClaim:
        """The claim for ablate.steps.findings."""
        comparisons = [each for written in self.comparisons for each in self._spelled(written)]
        references = [reference for each in comparisons for reference in each.references]
        return AskedClaim(
            name=self.name,
            says=self.written.says,
            matters=self.written.matters,
            comparisons=tuple(comparisons),
            referents={each: self._referent(self.resolved(each)) for each in references},
        )

    def resolved(self, reference: str) -> Resolved:
        """What a reference stands for."""
        plan, rows = self.plan, self.study.rows
        if reference in rows:
            return Resolved.of_row(rows[reference], rows[reference].label, self.study.name)
        first, slash, second = reference.partition("/")
        if first in plan.families:
            return self._of_family(first, second if slash else None)
        if slash and second in plan.members.get(first, {}):
            return Resolved(second, {"": plan.members[first][second]}, ("figures", first))
        if slash:
            row = plan.row(reference, self.place)
            title = plan.studies[first].written.title
            return Resolved.of_row(row, f"{title}: {row.label}", first)
        known = nearest(reference, [*rows, *plan.families])
        raise AblateError(f"{self.place}: no row {reference!r}; {known}")

    def _of_family(self, name: str, value: str | None) -> Resolved:
        """A family's run at a value of its setting; None: all of the family."""
        family, asked_in = self.plan.families[name], ("families", name)
        members = {str(value): training for value, training in family.members}
        if value is None:
            return Resolved(family.label, members, asked_in, is_family=True)
        if value not in members:
            known = nearest(value, [*members])
            raise AblateError(f"{self.place}: family {name} has no run at {value!r}; {known}")
        return Resolved(f"{family.label} at {value}", {"": members[value]}, asked_in)

    def _spelled(self, comparison: Comparison) -> list[Comparison]:
        """A comparison by itself; one a learning rate where it compares families run by run."""
        named = {reference: self.named[reference] for reference in comparison.references}
        self._check_known(comparison, named)
        families = [ref for ref, found in named.items() if found.is_family]
        # A claim is its own first comparison.
        bare = Comparison(**{name: getattr(comparison, name) for name in Comparison.model_fields})
        if comparison.of.observer is not None:
            self._check_recorded(named, comparison.of.observer)
        if isinstance(comparison.of, OfBand):
            if len(families) != len(named):
                other = next(ref for ref in named if ref not in families)
                raise AblateError(
                    f"{self.place}: a band is of a family of runs, and {other!r} is not one"
                )
            return [bare]
        if not families:
            return [bare]
        values = [list(named[family].trainings) for family in families]
        if len(families) != len(named) or any(each != values[0] for each in values):
            raise AblateError(
                f"{self.place}: families are compared with families of the same values"
            )
        return [bare.renamed({f: f"{f}/{value}" for f in families}) for value in values[0]]

    def _check_known(self, comparison: Comparison, named: dict[str, Resolved]) -> None:
        """Refuse what nobody told of a row that was measured elsewhere: all but its accuracies."""
        by_accuracy = comparison.of == ACCURACY and comparison.kind != "collapsed"
        for reference, found in named.items() if not by_accuracy else ():
            if found.is_elsewhere:
                asked = comparison.kind if comparison.kind == "collapsed" else comparison.of.name
                raise AblateError(
                    f"{self.place}: {reference} was measured elsewhere, so its accuracies are all "
                    f"that is known of it, and this claim asks for {asked}"
                )

    def _check_recorded(self, named: dict[str, Resolved], series: str) -> None:
        for reference, found in named.items():
            for training in found.trainings.values():
                if series not in self.plan.runs[training.run.name].observers:
                    raise AblateError(
                        f"{self.place}: {reference} is not watched by the observer {series!r}, "
                        "from which this is measured; add it under observers, where that row's "
                        "study or that family is described"
                    )

    def _referent(self, found: Resolved) -> Referent:
        runs = [training.run.name for training in found.trainings.values()]
        reported = found.row.written.reported if found.row else None
        stated = self.study.written.noise and self.study.written.noise.repeated
        place = f"studies.{self.study.name}.noise.repeated.row"
        repeated = bool(stated) and runs == [self.plan.training(stated.row, place).run.name]
        return Referent(
            label=found.label,
            members=tuple(training.shown(found.label) for training in found.trainings.values()),
            elsewhere=found.row.written.measured if found.row else None,
            family=found.is_family,
            reported=stated.mean if repeated and reported is None else reported,
            repeated=repeated,
        )


def of_study(plan: Plan, study: PlannedStudy) -> list[PlannedClaim]:
    """The claims of a study."""
    return [PlannedClaim(plan, study, name) for name in study.written.claims]


def by_name(plan: Plan) -> dict[str, PlannedClaim]:
    """Every claim by its name, by which verdicts are found.

    Raises:
        AblateError: two studies have a claim of one name.
    """
    found: dict[str, PlannedClaim] = {}
    for study in plan.studies.values():
        for claim in of_study(plan, study):
            if claim.name in found:
                raise AblateError(
                    f"{claim.place}: {found[claim.name].place} has the same name, by which "
                    "verdicts are found; rename one of them"
                )
            found[claim.name] = claim
    return found


def trainings(plan: Plan) -> list[SeededRun]:
    """Every training that some claim names."""
    return [training for claim in by_name(plan).values() for training in claim.trainings]


def weighed(plan: Plan) -> set[str]:
    """The trainings whose first layer's last weights a claim measures: they stand in the events."""
    runs = {
        training.run.name
        for claim in by_name(plan).values()
        if any(each.of.weighed for each in claim.comparisons)
        for training in claim.trainings
    }
    return {f"runs/{each}" for each in plan.trainings() if each.run in runs}


def classed(plan: Plan) -> bool:
    """Whether a claim names classes of the images."""
    return any(each.of.classed for claim in by_name(plan).values() for each in claim.comparisons)


def _filled(comparison: Comparison, study: PlannedStudy, place: str) -> Comparison:
    if comparison.best is None or comparison.among is not None:
        return comparison
    others = [row for row in study.rows if row != comparison.best]
    if not others:
        raise AblateError(f"{place}.best: {study.name} has no other row, above which it could be")
    return comparison.model_copy(update={"among": others})
