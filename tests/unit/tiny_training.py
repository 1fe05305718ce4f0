"""Trainings of a few milliseconds: random images, the narrowest networks."""

from pathlib import Path

import asking
import numpy as np
import torch

from ablate.data.dataset import Dataset, digest, save
from ablate.data.manifest import Manifest
from ablate.paths import Results
from ablate.settings import Run
from ablate.training.assemble import assemble, build_network
from ablate.training.device import Device
from ablate.training.loop import train
from ablate.training.training import Training

CPU = Device(torch.device("cpu"), "some processor")
# Where there is a CUDA device, what can be tried on it is.
DEVICES = [
    CPU,
    *(Device(torch.device("cuda", 0), "card") for _ in range(torch.cuda.is_available())),
]
VGG = {"name": "vgg_a", "width": 0.03125}
SGD = {"name": "SGD", "lr": 0.05, "momentum": 0.9}


def dataset(train: int = 40, test: int = 30) -> Dataset:
    """Random images of three classes, told apart by their brightness."""
    draw = np.random.default_rng(0)
    arrays = {}
    for part, n in (("train", train), ("test", test)):
        labels = np.arange(n) % 3
        noise = draw.integers(0, 90, (n, 3, 32, 32))
        arrays[f"{part}_images"] = (noise + 80 * labels[:, None, None, None]).astype(np.uint8)
        arrays[f"{part}_labels"] = labels.astype(np.int64)
    manifest = Manifest(
        name="tiny",
        digest=digest(arrays),
        classes=["dark", "grey", "bright"],
        train=train,
        test=test,
        train_of=train,
        test_of=test,
        size=(32, 32),
        mean=(0.5, 0.5, 0.5),
        std=(0.25, 0.25, 0.25),
        synthetic=True,
        source="synthetic",
    )
    return Dataset(**arrays, manifest=manifest)


DATA = dataset()


def settings(**changes) -> Run:
    """Two epochs of 16 + 16 + 8 images."""
    plain = {"model": VGG, "optimizer": SGD, "schedule": None, "epochs": 2, "batch_size": 16}
    return Run.model_validate({**plain, **changes})


def begin(run: Run | None = None, seed: int = 0, data: Dataset = DATA, **other) -> Training:
    """A training at its beginning, in fp32 on the CPU unless told otherwise."""
    torch.set_num_threads(1)
    run, device = run or settings(), other.pop("device", CPU)
    network, _ = build_network(run, seed, data, device)
    return assemble(run, seed, data, device, network, other.pop("arithmetic", "fp32"), **other)


def trained(run: Run | None = None, **other) -> Training:
    """A training at its end."""
    training = begin(run, **other)
    train(training)
    return training


def without_seconds(training: Training) -> list[dict[str, float]]:
    """The history as text, so that nan equals nan."""
    return [str({**row, "seconds": None}) for row in training.history]


def same_weights(one: Training, other: Training) -> bool:
    """Whether all parameters and buffers are the same bits."""
    left, right = one.network.state_dict(), other.network.state_dict()
    return all(torch.equal(left[name], right[name]) for name in left)


def request(run: Run | None = None, **changes) -> dict:
    """What a job's command line asks for."""
    run = run or settings()
    plain = {
        "run": run.name,
        "seed": 0,
        "settings": run.model_dump(mode="json"),
        "observers": [{"name": "loss"}],
        "code": "c0de",
        "device": "cpu",
    }
    return {**plain, **changes}


def arguments(folder: Path, asked: dict, out: Path | None = None) -> list[str]:
    """The command line of the train step, its data packed in `folder`; "code" is any word.

    It writes to `out`, or to `run` in the folder.
    """
    out = out or folder / "run"
    if not (folder / "data").exists():
        save(
            {name: getattr(DATA, name) for name in vars(DATA) if name != "manifest"},
            DATA.manifest,
            folder / "data",
        )
    request = {name: value for name, value in asked.items() if name != "code"}
    return asking.asked(
        request,
        folder,
        [out / "checkpoint.pt"],
        [folder / "data" / "manifest.json"],
        out / "training.json",
        [] if asked["code"] == "c0de" else ["ablate.models.width"],
    )


def state(folder: Path, asked: dict | None = None) -> Path:
    """Where the training of `arguments` keeps its state."""
    return Results(folder).state((asked or request())["run"], 0)
