"""config.yaml as a whole."""

import re
from pathlib import PurePath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from ablate.settings.data import Cifar10, Data
from ablate.settings.figure import Figure
from ablate.settings.observers import Observers
from ablate.settings.place import ExpandedPath
from ablate.settings.refusal import refuse, shown
from ablate.settings.seeds import Seeds
from ablate.settings.strict import Settings
from ablate.settings.study import Family, Study, StudyName
from ablate.settings.winners import Winners

Factor = Annotated[float, Field(ge=0.001, le=1)]
# Folders of the results; a preset, which has a folder beside them, cannot take their names.
FOLDERS = ("data", "runs", "tables", "figures", "report", "records", "state", "logs")

# What an entry of each group says that no other does.
TELLING = {
    "studies": {"rows", "grid"},
    "families": {"over"},
    "figures": {"draw", "runs", "best_of"},
    "recipes": {"model", "recipe", "optimizer"},
}


def _folder(path: str) -> str:
    if PurePath(path).name in ("", ".."):
        raise refuse(f"found {shown(path)}, the path of a folder is needed")
    if "{" in path or "}" in path:
        raise refuse(
            f"found {shown(path)}, but braces are wildcards to Snakemake: choose another name"
        )
    return path


def _preset_name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
        raise refuse(f"found {shown(name)}, a preset's name may hold letters, digits and . _ -")
    if name.lower() in FOLDERS:
        raise refuse(f"{name!r} is a folder of the results: choose another name")
    return name


def _apart(presets: dict[str, Any]) -> dict[str, Any]:
    """Presets whose names differ by more than capitals, which on some disks name one folder."""
    lower: dict[str, str] = {}
    for name in presets:
        other = lower.setdefault(name.lower(), name)
        if other != name:
            raise refuse(f"found {other!r} and {name!r}, which some disks hold to be one folder")
    return presets


class Epochs(Settings):
    """How far a preset shortens training: a factor, then bounds."""

    factor: Factor = 1.0
    at_least: int = Field(1, ge=1)
    at_most: int | None = Field(None, ge=1)

    def shortened(self, epochs: int) -> int:
        """`epochs`, shortened, and never longer than before."""
        few = max(self.at_least, round(epochs * self.factor))
        return min(epochs, few if self.at_most is None else min(few, self.at_most))


class Preset(Settings):
    """How far to shrink every run: never what is studied."""

    note: str | None = Field(None, description="said wherever a result of this preset is shown")
    data: Data | None = Field(None, description="instead of the data of config.yaml")
    epochs: Epochs = Epochs()
    width: Factor = Field(1.0, description="factor on every network's width")
    batch_size: Factor = Field(1.0, description="factor on the batch size")
    steps: int | None = Field(None, ge=1, description="at most so many, for runs given in steps")
    precision: dict[StudyName, Literal["fp32", "bf16"]] = Field(
        {},
        description="study -> the precision of all its rows, where shrunken ones would not all "
        "choose the same",
    )
    observers: Observers | None = Field(None, description="instead of those of config.yaml")
    device: Literal["cpu", "cuda"] | None = Field(
        None, description="where it trains, unless config.yaml's own device says"
    )
    needs_gpu: bool = Field(False, description="training stops where there is no CUDA")


class Config(Settings):
    """Everything that config.yaml and its overlays may say."""

    preset: str = "paper"
    results: Annotated[ExpandedPath, AfterValidator(_folder)] = Field(
        "results", description="the folder of all results"
    )
    seeds: Seeds = Field([0])
    device: Literal["auto", "cpu", "cuda"] = "auto"
    # With very many the process dies without a word.
    threads: int = Field(1, ge=1, le=1024, description="threads of a training on the CPU")
    gpu_slots: int = Field(1, ge=1, description="runs that share one GPU")
    deterministic: bool = Field(False, description="on CUDA; on the CPU training always is")
    keep: Literal["best", "both", "none"] = Field("best", description="weights that are kept")
    save_every: int = Field(60, ge=0, description="seconds between saved states of a training")
    partial: bool = Field(False, description="make tables of what there is, missing runs marked")
    extensions: ExpandedPath = Field(
        "extensions", min_length=1, description="the folder of one's own code"
    )
    data: Data = Cifar10()
    observers: Observers = Observers()
    presets: Annotated[
        dict[Annotated[str, AfterValidator(_preset_name)], Preset], AfterValidator(_apart)
    ]
    recipes: dict[str, dict[str, Any]]
    studies: dict[StudyName, Study] = Field(min_length=1)
    families: dict[str, Family] = Field({})
    figures: dict[str, Figure] = Field({})
    winners: Winners = Winners()

    @classmethod
    def meant(cls, key: str, written: dict[str, Any]) -> str | None:
        """A study, a recipe and the like, by what it says, belongs under `studies` and so on."""
        value = written[key]
        for group, tells in TELLING.items() if isinstance(value, dict) else ():
            if tells & value.keys():
                return f"{group}.{key}"
        return "data.holdout" if key == "holdout" else super().meant(key, written)
