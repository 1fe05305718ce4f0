"""The typed form of metrics.json, from which its published JSON schema is generated.

`python -m ablate.runs.schema` writes workflow/schemas/metrics.schema.json anew.
"""

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

PATH = Path(__file__).parents[2] / "schemas" / "metrics.schema.json"

Percent = Annotated[float, Field(ge=0, le=100)]
Loss = Annotated[float, Field(description="mean cross entropy, nats; null if not finite")]
Seconds = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=0)]
Epoch = Annotated[int, Field(ge=1)]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class Provenance(_Strict):
    """What made the run: training.json without the digests of its outputs."""

    run: str
    seed: Count
    settings: dict[str, Any]
    observers: list[Any] = Field(description="what was recorded at each step")
    code: str = Field(description="digest of the training's code")
    data: str = Field(description="digest of labels and pixels")
    started: str = Field(description="ISO 8601, UTC")
    finished: str = Field(description="ISO 8601, UTC")
    seconds: Seconds
    device: str
    device_type: Literal["cpu", "cuda"]
    precision: Literal["fp32", "bf16"] = Field(description="as used")
    threads: Epoch
    deterministic: bool
    graphed: bool = Field(description="whether steps ran as a CUDA graph")
    shared_device: bool = Field(description="whether other runs trained on the device meanwhile")
    resumed: Count = Field(description="how often the training was taken up again")
    images_per_second: float | None
    peak_memory_mb: float | None
    parameters: Count
    flops: Count
    diverged: bool
    best_epoch: Count | None = Field(description="0: diverged before the end of the first")
    versions: dict[str, str | None] = Field(description="package -> version")
    git: str | None = Field(description="commit of the project, null outside git")


class MadeBy(_Strict):
    """What made this file."""

    code: str | None = Field(description="digest of the code behind the metrics")
    training: Digest = Field(description="sha256 of training.json")


class Metrics(_Strict):
    """What one training came to. Accuracies in percent, losses in nats, times in seconds."""

    run: str
    seed: Count
    settings: dict[str, Any] = Field(description="resolved settings")
    label: str | None
    best_accuracy: Percent = Field(
        description="highest test accuracy over the epochs; chance if it diverged in the first"
    )
    best_epoch: Epoch | None = Field(description="null if it diverged in the first")
    best_test_loss: Loss | None
    last_accuracy: Percent = Field(
        description="test accuracy after the last epoch; chance if diverged"
    )
    last_test_loss: Loss | None
    train_accuracy: Percent | None = Field(description="running mean over the last epoch")
    train_loss: Loss | None
    chosen_epoch: Epoch | None = Field(description="of highest held-out accuracy; null without")
    chosen_accuracy: Percent | None = Field(description="test accuracy of the chosen epoch")
    diverged: bool = Field(description="whether the loss stopped being a finite number")
    collapsed: bool = Field(description="best accuracy at most chance + 3 sqrt(p (1 - p) / N)")
    classes: Annotated[int, Field(ge=1, description="how many")]
    per_class_accuracy: list[Percent | None] = Field(description="null: no test image")
    confusion: list[list[Count]] = Field(description="test images: [true class][predicted]")
    ece: Annotated[float, Field(ge=0, le=1)] | None = Field(
        description="expected calibration error, 15 bins of equal width, best epoch"
    )
    seconds: Seconds = Field(description="training and evaluation without start-up")
    epochs: Count
    steps: Count
    parameters: Count
    flops: Count = Field(description="forward pass of one image, 2 per multiply-add")
    provenance: Provenance
    made_by: MadeBy
    sha256: Digest = Field(
        description="of the canonical JSON of this object without this key: "
        "keys sorted, no spaces, UTF-8"
    )


def schema_text() -> str:
    """The JSON schema (draft 2020-12) of metrics.json."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps({**schema, **Metrics.model_json_schema()}, indent=2) + "\n"


if __name__ == "__main__":
    PATH.write_text(schema_text(), encoding="utf-8")
