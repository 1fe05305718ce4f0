"""How fast trainings go: from finished runs' own seconds, or from a step timed here and now."""

import statistics
import time
from collections import Counter
from dataclasses import dataclass

from ablate.planning.plan import Plan
from ablate.runs.glance import glance

TRAINING = 3  # forward and backward, in forward passes
BATCH, STEPS = 32, 4


@dataclass(frozen=True)
class Pace:
    """FLOP a second of training and evaluation: a slow one, and a fast one; and who says so."""

    slow: float
    fast: float
    source: str

    def hours(self, flop: float) -> str:
        """How long so much arithmetic takes, as a range."""
        low, high = (_rounded(flop / rate / 3600) for rate in (self.fast, self.slow))
        return low if low == high else f"{low} to {high}"


def _rounded(hours: float) -> str:
    return f"{hours:.0f}" if hours >= 10 else f"{hours:.2g}"


def of_finished(plan: Plan) -> Pace | None:
    """From the finished runs of this plan on the device that trained most of them; None without.

    The range is that of the middle eight tenths of them.
    """
    records = [glance(plan.results.run(*each)) for each in plan.trainings()]
    found = [r for r in records if r and r.images_per_second and r.flops]
    if not found:
        return None
    device = Counter(record.device for record in found).most_common(1)[0][0]
    rates = sorted(
        TRAINING * record.flops * record.images_per_second
        for record in found
        if record.device == device
    )
    tenths = statistics.quantiles(rates, n=10) if len(rates) > 1 else rates * 2
    source = f"by {len(rates)} finished runs on {device}"
    return Pace(tenths[0], tenths[-1], source)


def measured(plan: Plan) -> Pace:
    """From a few steps of the plan's first and last network on this machine's CPU. Loads torch."""
    import torch

    from ablate import models
    from ablate.models import cost

    torch.set_num_threads(plan.config.threads)
    rates = []
    runs = [planned.run for planned in plan.runs.values()]
    for run in (runs[0], runs[-1]):
        network = models.build(run.model, 10).to(memory_format=torch.channels_last)
        images = torch.rand(BATCH, 3, 32, 32).contiguous(memory_format=torch.channels_last)
        labels = torch.zeros(BATCH, dtype=torch.long)
        taken = []
        for _ in range(STEPS):
            start = time.perf_counter()
            torch.nn.functional.cross_entropy(network(images), labels).backward()
            taken.append(time.perf_counter() - start)
        rates.append(TRAINING * cost.flops(network, (32, 32)) * BATCH / min(taken))
    source = f"by {STEPS} steps in fp32 on this CPU, {plan.config.threads} thread(s), no evaluation"
    return Pace(min(rates), max(rates), source)
