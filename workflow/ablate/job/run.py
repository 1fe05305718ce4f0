"""One run from request to files: lock, data, resume, train, outputs."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch

from ablate import named
from ablate.data.dataset import Dataset, load
from ablate.errors import AblateError
from ablate.job import actions, cards, estimate, lease, lock, log, pauses, writing
from ablate.job.interruption import Interrupted, Interruption
from ablate.job.provenance import now, provenance
from ablate.job.request import TrainingRequest
from ablate.job.state import States, key
from ablate.runs.record import Identity
from ablate.settings import Run, own
from ablate.training import memory, precision
from ablate.training.assemble import assemble, build_network
from ablate.training.device import Device, choose_kernels
from ablate.training.loop import train
from ablate.training.training import Training


def run(
    request: TrainingRequest,
    manifest: Path,
    folder: Path,
    state: Path,
    prove: Callable[[], None] = lambda: None,
) -> None:
    """Train the request's run and write its folder; `prove` is asked before anything is written.

    The state stays until the metrics are made: Snakemake clears the outputs of a job that dies
    before its process has ended.

    Raises:
        AblateError: it cannot be trained here or written.
        Interrupted: it was stopped; its state is saved, if it had begun.
    """
    settings = Run.model_validate(request.settings)
    kind = cards.resolve(request.device)
    interruption = Interruption()
    with (
        interruption.watching(),
        lock.held(state, interruption.check) as waited,
        lease.taken(kind, request.threads, request.gpu_slots, interruption.check) as device,
        clear_when_out_of_memory(settings),
    ):
        job = Job(request, settings, load(manifest.parent), device)
        states = States(state, key(job.identity.model_dump()))
        if waited and writing.written(folder, job.identity):
            log.note("the other process has finished this run")
        else:
            training = job.assemble(interruption)
            if kind == "cpu" and request.awaits_gpu:
                estimate.refuse(request, training)
            job.train(training, states, interruption)
            prove()
            job.write(training, folder)


class Job:
    """A request with its data and device, and what follows from them."""

    def __init__(
        self, request: TrainingRequest, settings: Run, data: Dataset, device: lease.Leased
    ):
        self.request = request
        self.settings = settings
        self.data = data
        self.device = device
        cards.check_update(settings.optimizer.name, device.type)
        choose_kernels(request.deterministic, device)
        names = [observer["name"] for observer in request.observers]
        self.random = own_random(settings, names, request.seed)
        self.network, self.cost = build_network(settings, request.seed, data, device)
        self.precision = precision.choose(
            settings.precision, device.torch_device, names, self.cost.flops
        )
        precision.set_up(self.precision, names)

    @property
    def identity(self) -> Identity:
        """All that decides what the training computes."""
        return Identity(
            run=self.request.run,
            seed=self.request.seed,
            settings=self.request.settings,
            observers=self.request.observers,
            code=self.request.code,
            data=self.data.manifest.digest,
            device_type=self.device.type,
            precision=self.precision,
            threads=self.request.threads,
            deterministic=self.request.deterministic or self.device.type == "cpu",
        )

    def assemble(self, interruption: Interruption) -> Training:
        """The training at its beginning."""
        training = assemble(
            self.settings,
            self.request.seed,
            self.data,
            self.device,
            self.network,
            self.precision,
            self.request.observers,
            interruption.check,
        )
        if self.random is not None:
            training.kept["python"] = self.random
        training.started = now()
        return training

    def train(self, training: Training, states: States, interruption: Interruption) -> None:
        """Train to the end from the newest state there is; keep the state safe meanwhile."""
        resume(training, states, machine(self.device))
        saving = actions.SaveState(states, self.request.save_every_seconds)
        at_epoch_end = (
            actions.note_first_layer,
            lambda training: self.device.look_for_neighbours(),
            actions.LiveEvents(states.folder),
            saving.at_epoch_end,
            # Last: of what was said, one epoch at most is still on its way to the disk.
            actions.say,
        )

        def after_step(training: Training) -> None:
            interruption.check()
            saving.after_step(training)

        try:
            with pauses.left_out(training, lambda: interruption.checked):
                train(training, at_epoch_end, after_step)
            # An orphan must not write outputs that its successor's Snakemake has cleared.
            interruption.check()
        except Interrupted as reason:
            training.stop_clock()
            saving.save(training)
            reason.saved = True
            raise
        finally:
            states.wait()

    def write(self, training: Training, folder: Path) -> None:
        """Write all files of the run's folder, the record last."""
        keep = self.request.keep
        made = provenance(self.identity, training, self.device, self.cost, keep)
        writing.write(folder, training, made, self.data)


def own_random(settings: Run, observers: list[str], seed: int) -> Any:
    """Python's and numpy's generators, seeded, where some part of a run is one's own code.

    None, and nothing is seeded, where no part is.
    """
    schedule = [settings.schedule.name] if settings.schedule else []
    parts = [*settings.own, *schedule, *observers]
    return named.python_random(seed) if any(map(own.is_own, parts)) else None


def machine(device: Device) -> str:
    """What else than settings and code decides the bits: another card or torch gives others."""
    return f"{device.name}, torch {torch.__version__}"


def resume(training: Training, states: States, here: str) -> None:
    """Go on from the newest state, if there is one, and note that it is on this machine."""
    state = states.load()
    if state is not None:
        training.load_state_dict(state)
        training.resumed += 1
        log.note(f"resumed at step {training.steps_done} of {training.length.steps}")
    if training.machines[-1:] != [here]:
        training.machines.append(here)
    if len(training.machines) > 1:
        log.note(f"trained on one after the other: {'; '.join(training.machines)}")


@contextlib.contextmanager
def clear_when_out_of_memory(settings: Run) -> Iterator[None]:
    """Turn torch's and Python's complaints about memory into one message."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if memory.is_out(error):
            raise out_of_memory(settings) from error
        raise


def out_of_memory(settings: Run) -> AblateError:
    """What to change when memory does not suffice."""
    return AblateError(
        f"out of memory with batch_size {settings.batch_size}. Take a smaller batch_size for this "
        "run, fewer runs at a time on one device (gpu_slots: 1), or a device with more memory."
    )
