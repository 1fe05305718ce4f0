"""A run as a preset shrinks it."""

from ablate.settings import Run
from ablate.settings.config import Preset


def shrunken(run: Run, preset: Preset) -> Run:
    """The run at this preset; its schedule is then followed by progress."""
    changed = run.resolved()
    changed["model"] = run.model.narrowed(preset.width)
    changed["batch_size"] = min(run.batch_size, max(2, round(run.batch_size * preset.batch_size)))
    if run.steps is not None:
        changed["steps"] = min(run.steps, preset.steps or run.steps)
    else:
        changed["epochs"] = preset.epochs.shortened(run.epochs)
        if changed["epochs"] != run.epochs:
            changed["schedule_epochs"] = run.schedule_epochs or run.epochs
    return Run.model_validate(changed)
