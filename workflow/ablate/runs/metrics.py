"""metrics.json: what a training came to. It is rebuilt from the run's other files, untrained."""

from pathlib import Path
from typing import Annotated, ClassVar, Self

from pydantic import Field

from ablate.files import digest
from ablate.runs import record
from ablate.runs.record import Count, Ordinal, Provenance
from ablate.runs.sealed import Sealed

NAME = "metrics.json"

Percent = Annotated[float, Field(ge=0, le=100)]
Loss = Annotated[float, Field(description="mean cross entropy, nats; null if not finite")]


class Metrics(Sealed):
    """What one training came to. Accuracies in percent, losses in nats."""

    NAME: ClassVar[str] = NAME
    VERSION: ClassVar[int] = 1
    MEND: ClassVar[str] = (
        "Remove it and make it anew from the run's own files, which trains nothing: {command}"
    )

    best_accuracy: Percent = Field(
        description="highest test accuracy over the epochs; chance if it diverged in the first"
    )
    best_test_loss: Loss | None
    last_accuracy: Percent = Field(
        description="test accuracy after the last epoch; chance if diverged"
    )
    last_test_loss: Loss | None
    train_accuracy: Percent | None = Field(description="running mean over the last epoch")
    train_loss: Loss | None
    chosen_epoch: Ordinal | None = Field(description="of highest held-out accuracy; null without")
    chosen_accuracy: Percent | None = Field(description="test accuracy of the chosen epoch")
    collapsed: bool = Field(description="best accuracy at most chance + 3 sqrt(p (1 - p) / N)")
    per_class_accuracy: list[Percent | None] = Field(description="null: no test image")
    confusion: list[list[Count]] = Field(description="test images: [true class][predicted]")
    ece: Annotated[float, Field(ge=0, le=1)] | None = Field(
        description="expected calibration error, 15 bins of equal width, best epoch"
    )
    provenance: Provenance
    training_sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] = Field(
        description=f"of {record.NAME}, from which this was made"
    )

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return len(self.confusion)

    @classmethod
    def read(cls, folder: str | Path) -> Self:
        """metrics.json in `folder`, which was made from the training.json beside it."""
        found = super().read(folder)
        try:
            made_from_it = digest(Path(folder) / record.NAME) == found.training_sha256
        except OSError:
            made_from_it = False
        if not made_from_it:
            raise cls._damaged(
                Path(folder) / NAME, f"was not made from the {record.NAME} beside it"
            )
        return found
