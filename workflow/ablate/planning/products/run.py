"""A training: one run and one seed."""

from typing import Any

from ablate.planning.plan import Plan
from ablate.planning.product import Product
from ablate.planning.products import inputs
from ablate.settings import Run, own
from ablate.settings.augmentation import module_name

OBSERVERS = "ablate.observers."
FILES = ("checkpoint.pt", "history.csv", "steps.npz", "predictions.npz")
# What computes. What carries the job (ablate.job) decides no bit and is no part of a run.
COMPUTES = ("ablate.training.assemble", "ablate.training.loop")


def names(plan: Plan) -> list[str]:
    """Every run and seed."""
    return [f"{run}/seed{seed}" for run, seed in plan.trainings()]


def product(plan: Plan, name: str) -> Product:
    """A training; training.json, its record, says what made it."""
    run, seed = split(name)
    folder, asked = plan.results.run(run, seed), request(plan, run, seed)
    return Product(
        name=f"runs/{name}",
        step="ablate.steps.train",
        request=asked,
        inputs=inputs.packed(plan),
        outputs=tuple(folder / file for file in FILES),
        record=folder / "training.json",
        computes=COMPUTES,
        chosen=chosen(plan, run, asked["observers"]),
    )


def split(name: str) -> tuple[str, int]:
    """The run and the seed of "RUN/seedN"."""
    run, _, seed = name.rpartition("/seed")
    return run, int(seed)


def chosen(plan: Plan, run: str, observers: list[dict[str, Any]]) -> tuple[str, ...]:
    """The modules that a run's settings and observers choose."""
    settings = plan.runs[run].run
    return (
        f"ablate.models.{settings.model.family}",
        *(f"ablate.augmentation.{n}" for n in map(module_name, settings.augmentation.named)),
        *(f"ablate.training.options.{name}" for name in settings.options),
        *(observer_module(observer["name"]) for observer in observers),
        *own_code(settings),
    )


def observer_module(name: str) -> str:
    """The module of an observer."""
    return own.module(name) if own.is_own(name) else f"{OBSERVERS}{name}"


def own_code(settings: Run) -> tuple[str, ...]:
    """The modules of one's own that a run's settings choose, and what loads them."""
    optional = [settings.schedule.name] if settings.schedule else []
    named = [*settings.own, *filter(own.is_own, [settings.optimizer.name, *optional])]
    modules = dict.fromkeys(own.module(name) for name in named)
    return ("ablate.extensions", *modules) if modules else ()


def request(plan: Plan, run: str, seed: int) -> dict[str, Any]:
    """One training, for ablate.steps.train."""
    config = plan.config
    return {
        "run": run,
        "seed": seed,
        "settings": plan.runs[run].run.resolved(),
        "observers": plan.observers(run),
        "device": plan.device,
        "threads": config.threads,
        "gpu_slots": config.gpu_slots,
        "deterministic": config.deterministic,
        "keep": config.keep,
        "save_every_seconds": config.save_every,
        "preset": config.preset,
        "insist": not plan.awaits_gpu,
    }
