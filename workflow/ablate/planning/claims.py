"""Claims with what they name resolved: rows of any study, families, and runs of figures."""

from dataclasses import dataclass
from typing import Self

from ablate.errors import AblateError
from ablate.paths import run_id
from ablate.planning.plan import Plan, PlannedRow, PlannedStudy, SeededRun
from ablate.requests import findings
from ablate.settings.claims import Comparison, OfBand
from ablate.settings.named import nearest

# The observer that a measure of a family needs.
RECORDED = {
    "loss_band": "loss",
    "gradient_predictiveness": "gradients",
    "beta_a": "gradients",
    "beta_b": "gradients",
}

WEIGHED = ("weights_within", "weights_sd")


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


def claims(plan: Plan, study: PlannedStudy) -> list[findings.AskedClaim]:
    """The claims of a study, for ablate.steps.findings.

    Raises:
        AblateError: a claim has the name of another study's, or names what is not there, or what
            its quantity cannot be taken of.
    """
    _check_names(plan, study)
    return [_claim(plan, study, name) for name in study.written.claims]


def trainings(plan: Plan) -> list[SeededRun]:
    """Every training that some claim names."""
    return [
        training
        for study in plan.studies.values()
        for name in study.written.claims
        for found in _resolved_of(plan, study, name).values()
        for training in found.trainings.values()
    ]


def weighed(plan: Plan) -> set[str]:
    """The trainings whose first layer's last weights a claim measures: they stand in the events."""
    runs = {
        training.run.name
        for study in plan.studies.values()
        for claim, written in study.written.claims.items()
        if any(each.of.name in WEIGHED for each in written.comparisons)
        for found in _resolved_of(plan, study, claim).values()
        for training in found.trainings.values()
    }
    return {f"runs/{run_id(run, seed)}" for run, seed in plan.trainings() if run in runs}


def resolved(plan: Plan, study: PlannedStudy, reference: str, place: str) -> Resolved:
    """What a reference of a claim stands for.

    Raises:
        AblateError: nothing.
    """
    if reference in study.rows:
        row = study.rows[reference]
        return Resolved.of_row(row, row.label, study.name)
    first, slash, second = reference.partition("/")
    if first in plan.families:
        family, asked_in = plan.families[first], ("families", first)
        members = {str(value): training for value, training in family.members}
        if not slash:
            return Resolved(family.label, members, asked_in, is_family=True)
        if second not in members:
            raise AblateError(
                f"{place}: family {first} has no run at {second!r}; {nearest(second, [*members])}"
            )
        return Resolved(f"{family.label} at {second}", {"": members[second]}, asked_in)
    if slash and second in plan.members.get(first, {}):
        return Resolved(second, {"": plan.members[first][second]}, ("figures", first))
    if slash:
        row = plan.row(reference, place)
        title = plan.studies[first].written.title
        return Resolved.of_row(row, f"{title}: {row.label}", first)
    raise AblateError(
        f"{place}: no row {reference!r}; {nearest(reference, [*study.rows, *plan.families])}"
    )


def places(plan: Plan, study: PlannedStudy, claim: str) -> set[tuple[str, str]]:
    """Where the seeds of a claim's runs are asked for, as `Resolved.asked_in` says."""
    return {found.asked_in for found in _resolved_of(plan, study, claim).values()}


def names_elsewhere(plan: Plan, study: PlannedStudy, claim: str) -> bool:
    """Whether a claim names a row that was measured elsewhere, which nobody can give more seeds."""
    return any(found.is_elsewhere for found in _resolved_of(plan, study, claim).values())


def _resolved_of(plan: Plan, study: PlannedStudy, claim: str) -> dict[str, Resolved]:
    """Every reference of a claim, with what it stands for."""
    references = [
        reference
        for comparison in study.written.claims[claim].comparisons
        for reference in _filled(comparison, study, _place(study, claim)).references
    ]
    return {ref: resolved(plan, study, ref, _place(study, claim)) for ref in references}


def _claim(plan: Plan, study: PlannedStudy, name: str) -> findings.AskedClaim:
    place, written = _place(study, name), study.written.claims[name]
    comparisons = [
        spelled
        for comparison in written.comparisons
        for spelled in _spelled(plan, study, _filled(comparison, study, place), place)
    ]
    references = [reference for each in comparisons for reference in each.references]
    return findings.AskedClaim(
        name=name,
        says=written.says,
        matters=written.matters,
        comparisons=tuple(comparisons),
        referents={
            reference: _referent(plan, study, resolved(plan, study, reference, place))
            for reference in references
        },
    )


def _check_names(plan: Plan, study: PlannedStudy) -> None:
    """Refuse a claim's name that stands in another study as well: verdicts are found by it."""
    for other in plan.studies.values():
        for name in study.written.claims if other is not study else ():
            if name in other.written.claims:
                raise AblateError(
                    f"{_place(study, name)}: {_place(other, name)} has the same name, by which "
                    "verdicts are found; rename one of them"
                )


def _referent(plan: Plan, study: PlannedStudy, found: Resolved) -> findings.Referent:
    runs = [training.run.name for training in found.trainings.values()]
    reported = found.row.written.reported if found.row else None
    stated = study.written.noise and study.written.noise.repeated
    place = f"studies.{study.name}.noise.repeated.row"
    repeated = bool(stated) and runs == [plan.training(stated.row, place).run.name]
    return findings.Referent(
        label=found.label,
        members=tuple(training.shown(found.label) for training in found.trainings.values()),
        elsewhere=found.row.written.measured if found.row else None,
        family=found.is_family,
        reported=stated.mean if repeated and reported is None else reported,
        repeated=repeated,
    )


def _filled(comparison: Comparison, study: PlannedStudy, place: str) -> Comparison:
    """The best of a study is the best of all its rows, unless it says among which."""
    if comparison.best is None or comparison.among is not None:
        return comparison
    others = [row for row in study.rows if row != comparison.best]
    if not others:
        raise AblateError(f"{place}.best: {study.name} has no other row, above which it could be")
    return comparison.model_copy(update={"among": others})


def _spelled(
    plan: Plan, study: PlannedStudy, comparison: Comparison, place: str
) -> list[Comparison]:
    """A comparison by itself; one a learning rate where it compares families run by run."""
    named = {ref: resolved(plan, study, ref, place) for ref in comparison.references}
    _check_known(comparison, named, place)
    families = [ref for ref, found in named.items() if found.is_family]
    # A claim is its own first comparison.
    bare = Comparison(**{name: getattr(comparison, name) for name in Comparison.model_fields})
    if isinstance(comparison.of, OfBand):
        _check_recorded(plan, named, RECORDED[comparison.of.of], place)
        if len(families) != len(named):
            other = next(ref for ref in named if ref not in families)
            raise AblateError(f"{place}: a band is of a family of runs, and {other!r} is not one")
        return [bare]
    if comparison.of.name == "mean_loss":
        _check_recorded(plan, named, "loss", place)
    if not families:
        return [bare]
    values = [list(named[family].trainings) for family in families]
    if len(families) != len(named) or any(each != values[0] for each in values):
        raise AblateError(f"{place}: families are compared with families of the same values")
    return [bare.renamed({f: f"{f}/{value}" for f in families}) for value in values[0]]


def _check_known(comparison: Comparison, named: dict[str, Resolved], place: str) -> None:
    """Refuse what nobody told of a row that was measured elsewhere: all but its accuracies."""
    by_accuracy = comparison.of.name == "accuracy" and comparison.kind != "collapsed"
    for reference, found in named.items() if not by_accuracy else ():
        if found.is_elsewhere:
            asked = comparison.kind if comparison.kind == "collapsed" else comparison.of.name
            raise AblateError(
                f"{place}: {reference} was measured elsewhere, so its accuracies are all that is "
                f"known of it, and this claim asks for {asked}"
            )


def _check_recorded(plan: Plan, named: dict[str, Resolved], series: str, place: str) -> None:
    for reference, found in named.items():
        for training in found.trainings.values():
            if series not in plan.runs[training.run.name].observers:
                raise AblateError(
                    f"{place}: {reference} is not watched by the observer {series!r}, from which "
                    "this is measured; add it under observers, where that row's study or that "
                    "family is described"
                )


def _place(study: PlannedStudy, claim: str) -> str:
    return f"studies.{study.name}.claims.{claim}"
