"""A run: everything that decides what a training computes, and the name that follows from it."""

import hashlib
import json
import re
from functools import cached_property
from typing import Any, Literal

from pydantic import Field, field_serializer, field_validator, model_validator

from ablate.settings.augmentation import Augmentation
from ablate.settings.deeper import deeper
from ablate.settings.model import Network, network, network_names
from ablate.settings.named import Criterion, Optimizer, Schedule, nearest_or_own, one_alone
from ablate.settings.refusal import PARTIAL, nameless, refuse, shown
from ablate.settings.strict import Settings

LONGEST_DIFFERENCE = 80
# Settings that name a class with arguments of its own.
GROUPS = ("optimizer", "schedule", "loss")
# What can be added to plain training: each a module of ablate.training.options of its name, which
# acts, in this order, where the setting is not the default.
OPTIONS = (
    *("loss", "decay_norm_and_bias", "warmup_epochs", "clip_grad_norm", "ema_decay"),
    *("test_time_flip",),
)


class Normalize(Settings):
    """One mean and standard deviation for every channel, pixels counted from 0 to 1."""

    mean: float
    std: float = Field(gt=0)


class Run(Settings):
    """The resolved settings of a training, seed aside.

    The defaults are the report's default for ResNets. Once released a default never changes, since
    a run's name says only what differs from it.
    """

    model: Network
    optimizer: Optimizer = Field(
        Optimizer.model_validate({"name": "SGD", "lr": 0.1, "momentum": 0.9, "weight_decay": 1e-5}),
        description="a torch.optim class and its arguments",
    )
    schedule: Schedule | None = Field(
        Schedule.model_validate({"name": "StepLR", "step_size": 10, "gamma": 0.1}),
        description="a torch.optim.lr_scheduler class and its arguments; null: a constant rate",
    )
    augmentation: Augmentation = Field(Augmentation(), description="torchvision's transforms")
    normalize: Literal["dataset"] | Normalize = Field(
        "dataset", description="the training images' channel statistics, or one mean and std"
    )
    epochs: int | None = Field(50, ge=1, description="length in epochs")
    steps: int | None = Field(None, ge=1, description="length in steps, instead of epochs")
    schedule_epochs: int | None = Field(
        None, ge=1, description="the epochs the schedule is written for, where the run is shorter"
    )
    batch_size: int = Field(128, ge=1)
    holdout: float = Field(0.0, ge=0, lt=1, description="share of the training images held out")
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    loss: Criterion = Field(
        Criterion.model_validate("CrossEntropyLoss"),
        description="torch.nn's CrossEntropyLoss or MultiMarginLoss and its arguments",
    )
    warmup_epochs: float | None = Field(
        None, gt=0, description="the rate rises by step over so many epochs, before the schedule"
    )
    decay_norm_and_bias: bool = Field(
        True, description="whether weight decay acts on normalisation layers and biases too"
    )
    clip_grad_norm: float | None = Field(None, gt=0, description="the gradient's largest norm")
    ema_decay: float | None = Field(
        None, gt=0, lt=1, description="evaluate an exponential moving average of the weights"
    )
    test_time_flip: bool = Field(
        False, description="judge by the mean output for an image and its mirror image"
    )

    @field_validator("model", mode="before")
    @classmethod
    def _known_network(cls, written: Any) -> Any:
        if isinstance(written, Network):
            return written
        if not isinstance(written, dict) or not isinstance(written.get("name"), str):
            raise nameless(
                written,
                f"found {shown(written)}, a mapping with a name is needed: {{name: resnet34}}"
                f"{one_alone(written, 'model')}",
            )
        found = network(written["name"])
        if found is None:
            hint = nearest_or_own(written["name"], network_names())
            raise refuse(f"unknown model {shown(written['name'])}; {hint}", "name")
        return found.model_validate(written)

    @field_validator("normalize", mode="before")
    @classmethod
    def _statistics(cls, written: Any) -> Any:
        if isinstance(written, dict):
            return Normalize.model_validate(written)
        if written == "dataset" or isinstance(written, Normalize):
            return written
        raise refuse(
            f"found {shown(written)}, dataset or a mapping is needed: {{mean: 0.5, std: 0.5}}"
        )

    @model_validator(mode="before")
    @classmethod
    def _one_length(cls, written: Any) -> Any:
        if isinstance(written, dict) and written.get("steps") is not None:
            if written.get("epochs") is not None:
                raise refuse(
                    "found both steps and epochs: set one, the other to null", "steps", PARTIAL
                )
            return {**written, "epochs": None}
        return written

    @model_validator(mode="after")
    def _some_length(self) -> "Run":
        if self.epochs is None and self.steps is None:
            raise refuse("found null and no steps: set one of the two", "epochs", PARTIAL)
        if self.steps and self.schedule and not self.schedule_epochs:
            raise refuse(
                "a length in steps needs schedule_epochs, or schedule: null", "schedule", PARTIAL
            )
        return self

    @model_validator(mode="after")
    def _warm_up_ends(self) -> "Run":
        epochs = self.schedule_epochs or self.epochs
        if self.warmup_epochs and epochs and self.warmup_epochs > epochs:
            raise refuse(
                f"found {self.warmup_epochs:g}, but the run has {epochs} epochs: its rate would "
                "never be reached",
                "warmup_epochs",
                PARTIAL,
            )
        return self

    @classmethod
    def meant(cls, key: str, written: dict[str, Any]) -> str | None:
        """A setting's path, by its last word."""
        return super().meant(key, written) or deeper(key)

    @field_serializer("augmentation")
    def _only_set(self, augmentation: Augmentation) -> dict[str, Any]:
        return {n: t.model_dump(mode="json") for n, t in augmentation.transforms.items()}

    # It decides a training's bits and is in no digest: see tests/unit/settings/test_deciding.py.
    @property
    def options(self) -> list[str]:
        """The options that are set, in the order in which they act."""
        fields = type(self).model_fields
        return [name for name in OPTIONS if getattr(self, name) != fields[name].default]

    @property
    def own(self) -> list[str]:
        """One's own code that a step of training runs, written file.name."""
        transforms = self.augmentation.transforms
        named = [self.model.name, self.loss.name, *transforms, self.optimizer.name]
        return [name for name in named if "." in name]

    # It decides a training's bits and is in no digest: see tests/unit/settings/test_deciding.py.
    @property
    def probabilities(self) -> bool:
        """Whether the network's outputs are probabilities already."""
        return self.model.softmax

    def last_batch_needs_two(self, side: int | None) -> bool:
        """Whether a batch of one image gives batch normalisation but one value a channel.

        Args:
            side: the images' longer side in pixels; None where it is not known yet.
        """
        crop = self.augmentation.RandomCrop
        if crop and (side is not None or crop.size != "image"):
            side = max(crop.shape((side, side)))
        return self.model.last_batch_needs_two(side)

    def resolved(self) -> dict[str, Any]:
        """All settings, defaults included, as plain JSON values."""
        return self.model_dump(mode="json")

    def differences(self) -> dict[str, Any]:
        """What differs from the library's defaults: setting path -> plain value.

        Of an optimizer or a schedule other than the default's, every argument is given: two of them
        can then never be told apart by a default alone.
        """
        own = flat(self._without_defaults())
        plain = type(self.model).model_construct(name=self.model.name)
        default = flat(Run.model_construct(model=plain)._without_defaults())
        changed = {
            group for group in GROUPS if own.get(f"{group}.name") != default.get(f"{group}.name")
        }
        return {
            path: own.get(path)
            for path in dict.fromkeys([*own, *default])
            if (path.partition(".")[0] in changed and path in own)
            or (path.partition(".")[0] not in changed and own.get(path) != default.get(path))
        }

    def _without_defaults(self) -> dict[str, Any]:
        """The resolved settings, of a transform only what differs from torchvision's defaults."""
        transforms = {
            name: transform.model_dump(mode="json", exclude_defaults=True)
            for name, transform in self.augmentation.transforms.items()
        }
        return {**self.resolved(), "augmentation": transforms}

    @cached_property
    def name(self) -> str:
        """model-differences-hash, of the characters A-Z a-z 0-9 . _ = + - alone."""
        differences = self.differences()
        spelled = "-".join(spell(path, value) for path, value in differences.items())
        spelled = re.sub(r"[^A-Za-z0-9._=+-]", "_", spelled)[:LONGEST_DIFFERENCE].rstrip("-=+._")
        identity = json.dumps([self.model.name, differences], sort_keys=True)
        digest = hashlib.sha256(identity.encode()).hexdigest()[:8]
        return "-".join(part for part in (self.model.name, spelled, digest) if part)


def in_set(key: str) -> str | None:
    """How `set` says what a key beside it says, if that is a setting."""
    path = key if key.partition(".")[0] in Run.model_fields else deeper(key)
    return f"set: {{{path}: ...}}" if path else None


def flat(resolved: dict[str, Any]) -> dict[str, Any]:
    """A run's settings by path, one entry a setting: what a reader would call one change."""
    entries = {}
    for key, value in resolved.items():
        if key in ("model", "augmentation", *GROUPS) and isinstance(value, dict):
            arguments = value.get("arguments", {}) if key == "model" else {}
            inner = {**value, **{f"arguments.{name}": leaf for name, leaf in arguments.items()}}
            inner.pop("arguments", None)
            entries.update({f"{key}.{name}": leaf for name, leaf in inner.items()})
        else:
            entries[key] = value
    return entries


def differing(one: Run, other: Run) -> list[str]:
    """The settings in which two runs differ.

    Another optimizer or schedule is one difference, and so is each argument that both take and give
    otherwise; arguments that only one of the two takes belong to its name.
    """
    left, right = flat(one.resolved()), flat(other.resolved())
    found = []
    if _other_network(one, other):
        # Settings of one network mean nothing to the other.
        found.append("model")
        left, right = ({p: v for p, v in s.items() if p[:6] != "model."} for s in (left, right))
    for path in dict.fromkeys([*left, *right]):
        group = path.partition(".")[0]
        renamed = group in GROUPS and left.get(f"{group}.name") != right.get(f"{group}.name")
        if left.get(path) != right.get(path) and (
            not renamed or path.endswith(".name") or (path in left and path in right)
        ):
            found.append(group if renamed and path.endswith(".name") else path)
    return list(dict.fromkeys(found))


def _other_network(one: Run, other: Run) -> bool:
    """Whether two runs train networks of which one is torchvision's or one's own."""
    given = any(hasattr(run.model, "arguments") for run in (one, other))
    return given and one.model.name != other.model.name


def spell(path: str, value: Any) -> str:
    """One difference as it stands in a run's name: the last word of its path, and the value."""
    word = path.removeprefix("model.").removeprefix("augmentation.")
    word = word.removesuffix(".name") if word.endswith(".name") else word.rpartition(".")[2]
    if isinstance(value, dict) and "name" in value:
        value = "+".join(str(v) for v in value.values())
    elif isinstance(value, dict):
        return "+".join([word, *(f"{v}" for v in value.values())])
    elif value is True:
        return word
    elif isinstance(value, list):
        value = "+".join(str(v) for v in value)
    return f"{word}={'none' if value is None else value}"
