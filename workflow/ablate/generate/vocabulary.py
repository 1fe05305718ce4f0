"""Writes down torch's own names and arguments, so that settings are checked without loading torch.

`make generate` writes settings/vocabulary.json; a test keeps the two equal.
"""

import inspect
import json
from pathlib import Path
from typing import Any

import torch
import torchvision
from torch.optim import lr_scheduler

from ablate.settings.model import NETWORKS

PATH = Path(__file__).parents[1] / "settings" / "vocabulary.json"

ACTIVATIONS = [
    "CELU",
    "ELU",
    "GELU",
    "Hardshrink",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "LeakyReLU",
    "LogSigmoid",
    "Mish",
    "ReLU",
    "ReLU6",
    "RReLU",
    "SELU",
    "Sigmoid",
    "SiLU",
    "Softplus",
    "Softshrink",
    "Softsign",
    "Tanh",
    "Tanhshrink",
]
OPTIMIZERS = [
    "ASGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "NAdam",
    "RAdam",
    "RMSprop",
    "Rprop",
    "SGD",
]
# Schedules whose rate follows from the epoch alone: no metric to watch, no function to pass.
SCHEDULES = [
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "ExponentialLR",
    "LinearLR",
    "MultiStepLR",
    "OneCycleLR",
    "PolynomialLR",
    "StepLR",
]
LOSSES = ["CrossEntropyLoss", "MultiMarginLoss"]
# Arguments of torchvision's networks that its builders take and their classes do not show.
NETWORK_EXTRA = {
    "EfficientNet": {"dropout": "number"},
    "VisionTransformer": {"image_size": "integer"},
}
# Arguments that its builders give themselves, or that follow from the data.
NETWORK_LEFT_OUT = {
    *("num_classes", "aux_logits", "transform_input", "init_weights", "dropout_aux"),
    *("memory_efficient", "growth_rate", "num_init_features", "groups", "width_per_group"),
}
# How a step is carried out is the engine's choice, not a setting of the study.
ENGINE = {"params", "foreach", "fused", "capturable", "differentiable", "maximize"}
# A schedule by step learns how many there are from the run; momenta stay the optimizer's.
SCHEDULE_ENGINE = {
    *("optimizer", "last_epoch", "verbose", "total_steps", "epochs", "steps_per_epoch"),
    *("cycle_momentum", "base_momentum", "max_momentum"),
}
# The mean over the batch is what a step takes; weights by class would be the data's.
LOSS_LEFT_OUT = {"weight", "size_average", "reduce", "reduction", "ignore_index"}
# Deprecated spellings of arguments that stand in the list already.
ACTIVATION_LEFT_OUT = {"inplace", "min_value", "max_value"}


def kind(parameter: inspect.Parameter) -> str:
    """The kind of value an argument takes: number, integer, boolean, text or numbers."""
    default, written = parameter.default, str(parameter.annotation)
    if "Iterable" in written or "tuple" in written or isinstance(default, tuple | list):
        return "numbers"
    if isinstance(default, bool) or "bool" in written:
        return "boolean"
    if "str" in written or isinstance(default, str):
        return "text"
    return "integer" if written in ("<class 'int'>", "int") else "number"


def arguments(cls: type, left_out: set[str]) -> dict[str, dict[str, Any]]:
    """The keyword arguments of a class: kind, default (or required) of each."""
    taken = {}
    for name, parameter in inspect.signature(cls).parameters.items():
        if name in left_out or parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        taken[name] = {"kind": kind(parameter)}
        if parameter.default is inspect.Parameter.empty:
            taken[name]["required"] = True
        elif isinstance(parameter.default, torch.Tensor):
            taken[name]["default"] = parameter.default.item()
        else:
            taken[name]["default"] = parameter.default
    return taken


def networks() -> dict[str, dict[str, Any]]:
    """torchvision's classifiers but for those of ablate's own families: name -> arguments.

    Without defaults, since a builder's differ from its class's.
    """
    found = {}
    for name in torchvision.models.list_models(module=torchvision.models):
        if name in NETWORKS:
            continue
        built = inspect.signature(torchvision.models.get_model_builder(name)).return_annotation
        taken = {
            argument: {"kind": kind(parameter)}
            for argument, parameter in inspect.signature(built).parameters.items()
            if isinstance(parameter.default, int | float) and argument not in NETWORK_LEFT_OUT
        }
        extra = NETWORK_EXTRA.get(built.__name__, {})
        found[name] = {**taken, **{argument: {"kind": of} for argument, of in extra.items()}}
    return found


def vocabulary() -> dict[str, dict[str, Any]]:
    """Every name a setting may take, with its arguments, read off torch's classes."""
    return {
        "activation": {
            n: arguments(getattr(torch.nn, n), ACTIVATION_LEFT_OUT) for n in ACTIVATIONS
        },
        "optimizer": {n: arguments(getattr(torch.optim, n), ENGINE) for n in OPTIMIZERS},
        "network": networks(),
        "loss": {n: arguments(getattr(torch.nn, n), LOSS_LEFT_OUT) for n in LOSSES},
        "schedule": {n: arguments(getattr(lr_scheduler, n), SCHEDULE_ENGINE) for n in SCHEDULES},
    }


def text() -> str:
    """All of it as it is checked in."""
    return json.dumps(vocabulary(), indent=1, sort_keys=True) + "\n"
