"""What the steps are asked for: parts of a plan as plain JSON values.

A request says all that a step needs besides its input files, and stands in the product's record.
"""

import json
from typing import Any

from ablate.planning.plan import Band, Plan, PlannedRow, PlannedStudy, Training
from ablate.settings import Run
from ablate.settings.study import Choice

# The report's own noise: the sample sd of its default setting's five repeats. It is known for
# ResNets trained for 50 epochs; a study elsewhere states its own.
NOISE = {"sd": 1.0, "df": 4}
CIFAR10 = 50_000


def training(plan: Plan, run: str, seed: int) -> dict[str, Any]:
    """One training, for ablate.steps.train."""
    config = plan.config
    return {
        "run": run,
        "seed": seed,
        "settings": plan.runs[run].run.resolved(),
        "observers": plan.observers(run),
        "device": config.device,
        "threads": config.threads,
        "gpu_slots": config.gpu_slots,
        "deterministic": config.deterministic,
        "keep": config.keep,
        "save_every_seconds": config.save_every,
        "preset": config.preset,
        "insist": not plan.awaits_gpu,
    }


def gpu(plan: Plan) -> dict[str, Any]:
    """What ablate.steps.check_gpu needs to say how long all runs would take on a CPU.

    Runs of one model are counted together and defaults left out: the failing command is shown.
    """
    images = plan.data.training_images or CIFAR10
    models: dict[str, dict[str, Any]] = {}
    for planned in plan.runs.values():
        model = planned.run.model.model_dump(mode="json", exclude_defaults=True)
        work = models.setdefault(json.dumps(model), {"model": model, "images": 0})
        work["images"] += len(planned.seeds) * trained_images(planned.run, images)
    return {
        "runs": len(plan.trainings()),
        "work": list(models.values()),
        "classes": 10,
        "size": [32, 32],
        "threads": plan.config.threads,
    }


def trained_images(run: Run, images: int) -> int:
    """How many images a run is trained on in all, of `images` an epoch."""
    return run.steps * run.batch_size if run.steps else run.epochs * images


def heading(study: PlannedStudy) -> dict[str, Any]:
    """What a study is called."""
    written = study.written
    return {
        "study": study.name,
        "title": written.title,
        "section": written.section,
        "question": written.question,
    }


def study(plan: Plan, asked: PlannedStudy) -> dict[str, Any]:
    """A study with its rows, for its table, figure and page."""
    return {
        **heading(asked),
        "control": asked.control,
        "noise": noise(plan, asked),
        "partial": plan.config.partial,
        "image_side": plan.data.side,
        "rows": [
            {**row(each), "crop": crop(plan, each.training.run)} for each in asked.rows.values()
        ],
    }


def row(asked: PlannedRow) -> dict[str, Any]:
    """A row of a study."""
    return {
        "row": asked.name,
        "label": asked.label,
        "control": asked.control,
        "differs_by": asked.differs_by,
        "reported": asked.written.reported,
        "reported_seconds": asked.written.reported_seconds,
        "reported_seconds_is": asked.written.reported_seconds_is,
        "reported_best": asked.written.best,
        "run": asked.training.run.name,
        "seeds": list(asked.training.seeds),
    }


def crop(plan: Plan, run: Run) -> list[int] | None:
    """Height and width of what a run sees of each training image, where that may not be all."""
    asked, side = run.augmentation.RandomCrop, plan.data.side
    if asked is None or asked.size == "image" or asked.shape((side, side)) == (side, side):
        return None
    return list(asked.shape((side, side)))


def noise(plan: Plan, asked: PlannedStudy) -> dict[str, Any] | None:
    """A study's stated noise, or the report's where it belongs: ResNets at full scale."""
    if asked.written.noise:
        return asked.written.noise.model_dump()
    resnets = all(r.training.run.model.family == "resnet" for r in asked.rows.values())
    return NOISE if resnets and plan.config.preset == "paper" else None


def winners(plan: Plan) -> dict[str, Any]:
    """The table of best settings."""
    asked = plan.config.winners
    groups = [
        {"group": group, "choices": [_choice(plan, name, c) for name, c in choices.items()]}
        for group, choices in asked.groups.items()
    ]
    return {"title": asked.title, "section": asked.section, "groups": groups}


def _choice(plan: Plan, setting: str, choice: Choice) -> dict[str, Any]:
    asked = plan.studies[choice.study]
    rows = choice.rows or [*asked.rows]
    return {
        "setting": setting,
        "study": choice.study,
        "rows": rows,
        "reported": choice.reported,
        "labels": {name: asked.rows[name].label for name in rows},
        "noise": noise(plan, asked),
    }


def bn_measures(bands: list[Band], probed: dict[str, Training]) -> dict[str, Any]:
    """The table of measures: families of rates, and runs probed along their gradient."""
    return {
        "families": [band(each) for each in bands],
        "probed": [member(label, each) for label, each in probed.items()],
    }


def figure(plan: Plan, name: str, runs: dict[str, Training], bands: list[Band]) -> dict[str, Any]:
    """A figure of the report and the runs and families it shows."""
    asked = plan.config.figures[name]
    request = {
        "title": asked.title,
        "caption": asked.caption,
        "runs": [member(label, each) for label, each in runs.items()],
        "families": [band(each) for each in bands],
        "tables": asked.tables,
        "options": asked.options,
        "partial": plan.config.partial,
    }
    if "summary" in asked.tables:
        request["studies"] = [bounds(each) for each in plan.studies.values()]
    return request


def member(label: str, asked: Training) -> dict[str, Any]:
    """One run of a figure."""
    return {"label": label, "run": asked.run.name, "seeds": list(asked.seeds)}


def band(asked: Band) -> dict[str, Any]:
    """A family of runs."""
    members = [
        {**member(str(value), each), "lr": each.run.optimizer.lr} for value, each in asked.members
    ]
    return {"name": asked.name, "label": asked.label, "members": members}


def bounds(asked: PlannedStudy) -> dict[str, Any]:
    """Which of a study's reported times are bounds."""
    rows = [
        {"row": each.name, "reported_seconds_is": each.written.reported_seconds_is}
        for each in asked.rows.values()
        if each.written.reported_seconds_is != "exact"
    ]
    return {"study": asked.name, "rows": rows}


def what_was_run(plan: Plan) -> dict[str, Any]:
    """What every page of the report says of the whole."""
    return {
        "note": plan.note,
        "preset": plan.config.preset,
        "data": plan.data.model_dump(mode="json", exclude={"path"}),
        "seeds": sorted({seed for _, seed in plan.trainings()}),
    }


def whole_report(plan: Plan, tables: list[str]) -> dict[str, Any]:
    """All studies, the other tables, and the figures, for the pages that list them."""
    return {
        "studies": [heading(each) for each in plan.studies.values()],
        "tables": [name for name in tables if name not in plan.studies],
        "figures": [
            {"figure": name, "title": f.title, "section": f.section, "caption": f.caption}
            for name, f in plan.config.figures.items()
        ],
    }


def shown_in(plan: Plan) -> dict[str, list[str]]:
    """Which rows show a run, by its name."""
    shown: dict[str, list[str]] = {}
    for asked in plan.studies.values():
        for each in asked.rows.values():
            shown.setdefault(each.training.run.name, []).append(f"{asked.name}/{each.name}")
    return shown
