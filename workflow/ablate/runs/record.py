"""training.json: what a training was, what it cost, and the files it left.

It is written last and vouches for the other files of the run's folder: none of them is believed
unless it has the digest that stands here.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field

from ablate import invocation
from ablate.errors import AblateError
from ablate.files import Fingerprint
from ablate.paths import TrainingId
from ablate.runs.sealed import Sealed, Strict

NAME = "training.json"

Seconds = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=0)]
Ordinal = Annotated[int, Field(ge=1)]


class Identity(Strict):
    """All that decides what a training computes: a state is resumed only where it is the same."""

    run: str
    seed: Count
    settings: dict[str, Any] = Field(description="resolved settings")
    observers: list[dict[str, Any]] = Field(description="what was recorded at each step")
    code: str = Field(description="digest of the training's code")
    data: str = Field(description="digest of labels and pixels")
    device_type: Literal["cpu", "cuda"]
    precision: Literal["fp32", "bf16"] = Field(description="as used")
    threads: Ordinal
    deterministic: bool

    @property
    def id(self) -> TrainingId:
        """Its run and seed."""
        return TrainingId(self.run, self.seed)


class Provenance(Identity):
    """What made a run, and what it took."""

    started: str = Field(description="ISO 8601, UTC")
    finished: str = Field(description="ISO 8601, UTC")
    seconds: Seconds = Field(description="training and evaluation without start-up")
    device: str
    machines: list[str] = Field(
        description="device and torch, in turn; several if resumed elsewhere"
    )
    graphed: bool = Field(description="whether steps ran as a CUDA graph")
    shared_device: bool = Field(description="whether other runs trained on the device meanwhile")
    resumed: Count = Field(description="how often the training was taken up again")
    train_images: Ordinal = Field(description="trained on in each epoch; held-out ones left out")
    images_per_second: float = Field(description="trained on, over `seconds`")
    peak_memory_mb: float = Field(description="10^6 bytes: of the card, or of the process")
    parameters: Count
    flops: Count = Field(description="forward pass of one image, 2 per multiply-add")
    diverged: bool = Field(description="whether the loss stopped being a finite number")
    best_epoch: Ordinal | None = Field(
        description="the first of the highest test accuracy; null if it diverged before the end "
        "of the first"
    )
    kept: Literal["best", "both", "none"] = Field(description="weights in the checkpoint")
    versions: dict[str, str] = Field(description="package -> version")
    git: str | None = Field(description="commit of the project, null outside git")


class Record(Provenance, Sealed):
    """The content of training.json. outputs: path in the run's folder -> fingerprint."""

    NAME: ClassVar[str] = NAME
    VERSION: ClassVar[int] = 1
    MEND: ClassVar[str] = "Remove the folder {folder} and train this run alone anew: {command}"

    outputs: dict[str, Fingerprint]

    @classmethod
    def of(cls, provenance: Provenance, folder: str | Path, names: Iterable[str]) -> Self:
        """The record of a run whose files in `folder`, of these names, are written.

        Raises:
            OSError: one of them cannot be read.
        """
        outputs = {name: Fingerprint.of(Path(folder) / name) for name in names}
        return cls(**vars(provenance), outputs=outputs)

    def provenance(self) -> Provenance:
        """The record without the outputs."""
        return Provenance(**{name: getattr(self, name) for name in Provenance.model_fields})

    def is_of(self, identity: Identity) -> bool:
        """Whether the training it tells of would compute the same as one of this identity."""
        return all(getattr(self, name) == value for name, value in vars(identity).items())

    def changed(self, folder: str | Path) -> list[str]:
        """The files that are missing or hold other bytes: all are read."""
        return [name for name in self.outputs if not self._holds(Path(folder) / name, name)]

    def _holds(self, path: Path, name: str) -> bool:
        try:
            return Fingerprint.of(path) == self.outputs[name]
        except OSError:
            return False


def verified(folder: str | Path, name: str) -> bytes:
    """The bytes of a file of a finished run, which are those that the training wrote.

    Raises:
        AblateError: the file or the run's record is absent, cut short or edited.
    """
    path = Path(folder) / name
    record = Record.read(folder)
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise AblateError(
            f"{path} does not exist. Train this run alone anew: {invocation.snakemake(path)}"
        ) from error
    except OSError as error:
        raise damaged(path, f"cannot be read: {error.strerror or error}") from error
    if name not in record.outputs:
        raise damaged(path, f"is not listed among the outputs in {NAME}")
    if record.outputs[name].sha256 != hashlib.sha256(content).hexdigest():
        raise damaged(path, f"has been edited or cut short: {NAME} has another sha256 of it")
    return content


def damaged(path: Path, finding: str) -> AblateError:
    """What to raise for a file of a training's that cannot be believed, and the way out."""
    return AblateError(f"{path} {finding}. {Record.mend(path.parent)}")
