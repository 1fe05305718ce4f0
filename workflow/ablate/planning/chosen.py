"""The modules that settings choose: they are imported by name, so no import tells of them."""

from ablate.settings import Run, own
from ablate.settings.augmentation import module_name


def modules(settings: Run) -> tuple[str, ...]:
    """The modules that a run's settings choose, observers aside."""
    return (
        f"ablate.models.{settings.model.family}",
        *(f"ablate.augmentation.{n}" for n in map(module_name, settings.augmentation.named)),
        *(f"ablate.training.options.{name}" for name in settings.options),
        *own_code(settings),
    )


def own_code(settings: Run) -> tuple[str, ...]:
    """The modules of one's own that a run's settings choose, and what loads them."""
    optional = [settings.schedule.name] if settings.schedule else []
    named = [*settings.own, *filter(own.is_own, optional)]
    found = dict.fromkeys(own.module(name) for name in named)
    return ("ablate.extensions", *found) if found else ()


def observer(name: str) -> str:
    """The module of an observer."""
    return own.module(name) if own.is_own(name) else f"ablate.observers.{name}"
