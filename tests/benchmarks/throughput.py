"""Images a second in training: ours and the peers, on each network and batch size."""

from collections.abc import Iterable, Sequence
from functools import cache, partial

from ablate.data.dataset import Dataset
from benchmarks import contestants
from benchmarks.arithmetic import flop_per_image, limit
from benchmarks.cases import settings
from benchmarks.conditions import Machine
from benchmarks.rows import Row, Rows, digits
from benchmarks.task import Task
from benchmarks.turns import Pace, Timed, contest, times_as_fast


def measure(
    cases: Iterable[tuple[str, int]],
    names: Sequence[str],
    data: Dataset,
    machine: Machine,
    pace: Pace,
    workers: int,
    out: Rows,
) -> None:
    """Time the contestants of these names ("ours" first) on each (network, batch size)."""
    for network, batch_size in cases:
        task = Task(settings(network, batch_size), data, machine.device, machine.threads, workers)
        starts = {name: partial(contestants.of_name(name), task) for name in names}
        conditions = machine.columns()
        timed = contest(starts, machine.device, pace)
        rows = [row(network, task, name, timed, pace) | conditions for name in names]
        out.add(*rows)
        for found in rows:
            print(line(found), flush=True)


def row(network: str, task: Task, name: str, timed: dict[str, Timed], pace: Pace) -> Row:
    """One contestant's row; ours_times_as_fast: the ratio of ours to it, above 1 where we win."""
    own, contestant = timed[name], timed[name].contestant
    per_second = [task.batch_size / seconds for seconds in own.step_seconds]
    flop = flop_per_image(
        task.settings, len(task.data.manifest.classes), task.data.manifest.size[0]
    )
    most = limit_of(contestant.precision, task.device)
    median = task.batch_size / own.median
    return {
        "network": network,
        "batch_size": task.batch_size,
        "contestant": name,
        "images_per_second": digits(median),
        "slowest": digits(min(per_second)),
        "fastest": digits(max(per_second)),
        "ours_times_as_fast": digits(times_as_fast(timed["ours"], own), 3),
        "share_of_limit": digits(median * flop / most, 3),
        "start_seconds": digits(own.start_seconds, 3),
        "step_seconds": digits(own.median),
        "precision": contestant.precision,
        "graphed": getattr(contestant, "graphed", False),
        "limit_gflop_per_second": digits(most / 1e9),
        "train_gflop_per_image": digits(flop / 1e9),
        "augmentation": "+".join(task.settings.augmentation.transforms) or "none",
        "optimizer": task.settings.optimizer.name,
        "data": task.data.manifest.name,
        "images": len(task.data.train_labels),
        "turns": pace.turns,
        "batches_timed": pace.turns * own.steps,
        "warm_up_batches": pace.warm_up,
        "workers": task.workers if name == "competent" else 0,
    }


@cache
def limit_of(precision: str, device) -> float:
    """The limit in FLOP a second, measured once for each precision."""
    return limit(precision, device)


def line(found: Row) -> str:
    """A row as it is printed while the benchmark goes on."""
    return (
        f"{found['network']:>26} {found['batch_size']:>4} {found['contestant']:>10} "
        f"{found['precision']:>5} {found['images_per_second']:>8} images/s   "
        f"ours x {found['ours_times_as_fast']:>5}   "
        f"{100 * float(found['share_of_limit']):5.1f} % of limit   "
        f"start {float(found['start_seconds']):6.2f} s"
    )
