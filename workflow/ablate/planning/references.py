"""What a config names of itself must be there: asked once all of it is planned."""

from typing import TYPE_CHECKING

from ablate.errors import AblateError
from ablate.planning import figure_needs, known

if TYPE_CHECKING:
    from ablate.planning.plan import Plan


def check(plan: "Plan") -> None:
    """Refuse studies, rows, families and figures that are named where there are none.

    Raises:
        AblateError: naming the first, and what is allowed; or a figure lacks what it needs.
    """
    for study in plan.preset.precision:
        known.check(f"presets.{plan.config.preset}.precision", "study", study, plan.studies)
    for name, study in plan.config.studies.items():
        if study.noise and study.noise.repeated:
            plan.training(study.noise.repeated.row, f"studies.{name}.noise.repeated.row")
    for name in plan.config.figures:
        _check_figure(plan, name)
    for group, choices in plan.config.winners.groups.items():
        for setting, choice in choices.items():
            for row in [*choice.rows, choice.reported]:
                plan.row(f"{choice.study}/{row}", f"winners.groups.{group}.{setting}")


def _check_figure(plan: "Plan", name: str) -> None:
    figure = plan.config.figures[name]
    if figure.best_of is not None:
        _check_best_of(plan, f"figures.{name}.best_of", figure.best_of)
    for family in figure.families:
        known.check(f"figures.{name}.families", "family", family, plan.families)
    figure_needs.check(name, figure, _watching(plan, name))


def _check_best_of(plan: "Plan", place: str, study: str) -> None:
    known.check(place, "study", study, plan.studies)
    if not plan.studies[study].trainings:
        raise AblateError(
            f"{place}: all rows of {study} were measured elsewhere, so there is no run of it here"
        )


def _watching(plan: "Plan", figure: str) -> dict[str, set[str]]:
    """What watches the runs and families that a figure shows, by label and name."""
    shown = {label: [training] for label, training in plan.members[figure].items()}
    for family in plan.config.figures[figure].families:
        shown[family] = plan.families[family].trainings
    return {
        label: set.intersection(*(plan.runs[t.run.name].observers for t in trainings))
        for label, trainings in shown.items()
    }
