"""The manifest: a few lines that say which images these are. Training depends on nothing else."""

import json
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from ablate.errors import AblateError


class Manifest(BaseModel):
    """What packed images are; equal images give equal bytes, wherever and whenever packed.

    digest: sha256 over labels and pixels. train_of, test_of: what the source held, more than
    train, test where a subset was taken. size: [height, width]. mean, std: of the training images'
    channels R, G, B, pixels counted from 0 to 1; std is the population's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    digest: str
    classes: list[str]
    train: int
    test: int
    train_of: int
    test_of: int
    size: tuple[int, int]
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    synthetic: bool
    source: str

    def text(self) -> str:
        """JSON, one key a line."""
        lines = (f"{json.dumps(k)}: {json.dumps(v)}" for k, v in self.model_dump().items())
        return "{\n  " + ",\n  ".join(lines) + "\n}\n"

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read what `text` wrote."""
        try:
            return cls.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            raise AblateError(f"{path} is missing; {MAKE_AGAIN}") from None
        except OSError as error:
            raise AblateError(f"{path} cannot be read: {error.strerror}") from None
        except ValidationError:
            raise AblateError(f"{path} is damaged; {MAKE_AGAIN}") from None


MAKE_AGAIN = "to pack the images again, add `-R pack` to the snakemake command"
