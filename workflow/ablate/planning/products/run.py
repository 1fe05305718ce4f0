"""A training: one run and one seed."""

from typing import Any

from ablate.paths import TrainingId
from ablate.planning import chosen, inputs
from ablate.planning.plan import Plan
from ablate.planning.product import Product

FILES = ("checkpoint.pt", "history.csv", "steps.npz", "predictions.npz")
# What computes. What carries the job (ablate.job) decides no bit and is no part of a run.
COMPUTES = ("ablate.training.assemble", "ablate.training.loop")


def names(plan: Plan) -> list[str]:
    """Every run and seed."""
    return list(map(str, plan.trainings()))


def product(plan: Plan, name: str) -> Product:
    """A training; training.json, its record, says what made it."""
    run, seed = TrainingId.parse(name)
    folder, asked = plan.results.run(run, seed), request(plan, run, seed)
    return Product(
        name=f"runs/{name}",
        step="ablate.steps.train",
        request=asked,
        inputs=inputs.packed(plan),
        outputs=tuple(folder / file for file in FILES),
        record=plan.results.training(run, seed),
        computes=COMPUTES,
        chosen=(
            *plan.runs[run].chosen,
            *(chosen.observer(observer["name"]) for observer in asked["observers"]),
        ),
    )


def request(plan: Plan, run: str, seed: int) -> dict[str, Any]:
    """One training, for ablate.steps.train."""
    config = plan.config
    return {
        "run": run,
        "seed": seed,
        "settings": plan.runs[run].settings,
        "observers": plan.observers(run),
        "device": plan.device,
        "threads": config.threads,
        "gpu_slots": config.gpu_slots,
        "deterministic": config.deterministic,
        "keep": plan.keep(run, seed),
        "save_every_seconds": config.save_every,
        "awaits_gpu": plan.awaits_gpu,
    }
