"""A run's record at a glance: what is asked of thousands of records before anything is built.

Nobody has checked here that it is whole: `ablate.runs.record` reads one that is to be believed.
"""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ablate.files import Fingerprint
from ablate.runs.record import NAME, Record
from ablate.runs.sealed import DIGEST, digest


class Versioned(BaseModel):
    """format: of a record's file; of another than `Record.VERSION` nothing else is read."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: int = 0


class Glance(Versioned):
    """What planning compares of an `ablate.runs.record.Record`; None where it is missing."""

    seed: int | None = None
    settings: dict[str, Any] | None = None
    observers: list[dict[str, Any]] = Field([])
    code: str | None = None
    data: str | None = None
    kept: str | None = None
    device: str | None = None
    device_type: str | None = None
    graphed: bool | None = None
    shared_device: bool | None = None
    finished: str | None = None
    seconds: float | None = None
    images_per_second: float | None = None
    flops: int | None = None
    outputs: dict[str, Fingerprint] = Field({})


def glance(folder: Path) -> Glance | None:
    """The record in a run's folder; None where there is none, or one that makes no sense."""
    try:
        content = (folder / NAME).read_bytes()
        version = Versioned.model_validate_json(content).format
        known = version == Record.VERSION
        return Glance.model_validate_json(content) if known else Glance(format=version)
    except (OSError, ValidationError):
        return None


def is_sealed(folder: Path) -> bool:
    """Whether the record in a run's folder carries the digest of its own content."""
    try:
        content = json.loads((folder / NAME).read_bytes())
        return content.get(DIGEST) == digest(content)
    except (OSError, ValueError, AttributeError):
        return False
