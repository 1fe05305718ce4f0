"""What jobs are asked to show of a study: for its table, figure, answer and page."""

from ablate.planning.plan import Plan
from ablate.planning.planned import PlannedRow, PlannedStudy
from ablate.requests.study import AskedRow, AskedStudy, Heading
from ablate.settings import Run
from ablate.settings.study import Noise


def headings(plan: Plan) -> tuple[Heading, ...]:
    """What the studies are called."""
    return tuple(Heading(**_called(planned)) for planned in plan.studies.values())


def _called(planned: PlannedStudy) -> dict[str, str]:
    """The fields of a study's heading."""
    said = planned.written.model_dump(include={"title", "section", "question"})
    return {"name": planned.name, **said}


def asked(plan: Plan, planned: PlannedStudy) -> AskedStudy:
    """A study with its rows."""
    written = planned.written
    return AskedStudy(
        **_called(planned),
        note=plan.note,
        rows=tuple(_row(plan, planned, each) for each in planned.rows.values()),
        control=planned.control,
        noise=noise(plan, planned),
        variance=written.variance,
        matters=written.matters,
        preset=plan.config.preset,
        data_name=plan.data_name(),
        reported_elsewhere=None if plan.shows_reported(written) else written.reported_on,
        image_side=plan.data.side,
        factors=planned.factors,
        level_labels={name: row.label for name, row in written.rows.items() if row.label},
        partial=plan.config.partial,
    )


def _row(plan: Plan, study: PlannedStudy, planned: PlannedRow) -> AskedRow:
    training = planned.training
    return AskedRow(
        name=planned.name,
        label=planned.label,
        run=training.run.name if training else "",
        seeds=training.seeds if training else (),
        elsewhere=planned.written.measured,
        control=planned.control,
        levels=planned.levels,
        paired=_paired(study, planned),
        differs_by=tuple(planned.differs_by),
        reported=planned.written.reported,
        reported_seconds=planned.written.reported_seconds,
        reported_seconds_is=planned.written.reported_seconds_is,
        crop=_crop(plan, training.run) if training else None,
    )


def _crop(plan: Plan, run: Run) -> tuple[int, int] | None:
    """Height and width of what a run sees of each training image, where that may not be all."""
    asked, side = run.augmentation.RandomCrop, plan.data.side
    if asked is None or asked.size == "image" or asked.shape((side, side)) == (side, side):
        return None
    return asked.shape((side, side))


def _paired(study: PlannedStudy, asked: PlannedRow) -> bool:
    """Whether a row shares its first weights and the order of its data with its control.

    Both follow from the seed where the network, the batch size and what is held out are the same.
    What was measured elsewhere shares neither.
    """
    if asked.control is None or None in (asked.training, study.rows[asked.control].training):
        return False
    return not any(
        path.partition(".")[0] in ("model", "batch_size", "holdout") for path in asked.differs_by
    )


def noise(plan: Plan, asked: PlannedStudy) -> Noise | None:
    """A study's stated noise, where it was measured; else None."""
    stated = asked.written.noise
    if stated is None or (stated.preset or plan.config.preset) != plan.config.preset:
        return None
    if stated.data is not None and (not plan.is_all_of(stated.data) or plan.data.holdout):
        return None
    epochs = [each.run.epochs or 0 for each in asked.trainings]
    if stated.epochs is not None and min(epochs, default=0) < stated.epochs:
        return None
    return stated
