"""What made a product that is no run: its record, as `ablate.steps.command_line` writes it."""

from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from ablate.files import Fingerprint, write_text


class Made(BaseModel):
    """A product's record. Files stand by their place in the results tree, which may be moved.

    Attributes:
        request: what was asked.
        code: the digest of the code that decides what the product holds.
        inputs: the sha256 of every file whose content counts.
        outputs: the files that were made, the main one first.
        made: when; ISO 8601, UTC.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    request: dict[str, Any]
    code: str
    inputs: dict[str, str]
    outputs: dict[str, Fingerprint]
    made: str = ""

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """The record in a file; None where it is missing or makes no sense."""
        try:
            return cls.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            return None

    def write(self, path: Path) -> None:
        """Write the record."""
        write_text(path, self.model_dump_json(indent=1) + "\n")
