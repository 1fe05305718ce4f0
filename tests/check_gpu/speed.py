"""Images a second beside the strong peer, and where a step's time goes."""

from functools import partial

import torch
from torch.autograd import DeviceType
from torch.profiler import ProfilerActivity, profile

from benchmarks import contestants, images
from benchmarks.cases import settings
from benchmarks.clock import now
from benchmarks.task import Task
from benchmarks.turns import Pace, contest, times_as_fast
from check_gpu.trainings import Finding

BATCHES = (16, 128)
STEPS, LONGEST = 5, 10


def check(
    what: str, device: torch.device, width: float, batch_size: int, seconds: float
) -> Finding:
    """Ours, the strong peer's, and how many times as fast ours is."""
    task = task_of(batch_size, width, device)
    starts = {name: partial(contestants.of_name(name), task) for name in ("ours", "strong")}
    pace = Pace(seconds, turns=3, warm_up=40 if device.type == "cuda" else 1)
    timed = contest(starts, device, pace)
    ours, strong = (batch_size / timed[name].median for name in ("ours", "strong"))
    times = times_as_fast(timed["ours"], timed["strong"])
    seen = f"{ours:.0f} images/s, strong peer {strong:.0f}: {times:.2f} times as fast"
    return Finding(what, (seen,))


def task_of(batch_size: int, width: float, device: torch.device) -> Task:
    """ResNet-34 on noise."""
    model = settings("resnet34", batch_size).resolved()["model"] | {"width": width}
    run = settings("resnet34", batch_size, model=model)
    return Task(run, images.noise(40 * max(BATCHES), 100), device)


def kernels(what: str, device: torch.device, width: float) -> Finding:
    """How many kernels a step has (on a CPU operators), and a line for each of the longest."""
    steps = contestants.of_name("ours")(task_of(128, width, device)).steps()
    for _ in range(10):
        next(steps)
    now(device)
    cuda = device.type == "cuda"
    with profile(activities=[ProfilerActivity.CUDA if cuda else ProfilerActivity.CPU]) as seen:
        for _ in range(STEPS):
            next(steps)
        now(device)
    events = [event for event in seen.key_averages() if not cuda or on_card(event)]
    time = (lambda e: e.self_device_time_total) if cuda else (lambda e: e.self_cpu_time_total)
    events.sort(key=time, reverse=True)
    count, total = sum(event.count for event in events) / STEPS, sum(map(time, events)) / STEPS
    what = "kernels" if cuda else "operators"
    lines = [f"{count:.0f} {what} in a step of batch 128, {total / 1000:.2f} ms; the longest:"]
    for event in events[:LONGEST]:
        share = 100 * time(event) / STEPS / total if total else 0
        lines.append(f"{share:5.1f} %  {event.count / STEPS:5.0f} x  {event.key[:80]}")
    return Finding(what, ("\n".join(lines),))


def on_card(event: object) -> bool:
    """Whether it ran on the card, rather than being the host's call for it."""
    return event.device_type == DeviceType.CUDA
