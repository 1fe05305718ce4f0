"""Weights on disk: the checkpoint that a finished run leaves, opened without running any code."""

import hashlib
import io
import json
import pickle
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ablate.errors import AblateError
from ablate.files import write_whole

Weights = dict[str, Tensor]


def write(
    path: str | Path, weights: Weights | None, last: Weights | None, provenance: dict[str, Any]
) -> None:
    """Write a checkpoint: weights of the best epoch, of the last where kept, and what made them.

    Raises:
        AblateError: the file cannot be written.
    """
    content = {"weights": _plain(weights), "provenance": json.dumps(provenance, sort_keys=True)}
    if last is not None:
        content["last"] = _plain(last)
    archive = io.BytesIO()
    torch.save(content, archive)
    # Written by Python, since torch's writer does not raise OSError on a full disk.
    with write_whole(path) as draft:
        draft.write_bytes(archive.getbuffer())


def read(path: str | Path) -> dict[str, Any]:
    """What `write` wrote: tensors on the CPU, and the provenance as a dictionary.

    Where training.json lies beside it, the file is checked against the digest there.

    Raises:
        AblateError: the file is missing, damaged, or no checkpoint; no code in it is run.
    """
    path = Path(path)
    try:
        _verify(path)
        content = torch.load(path, map_location="cpu", weights_only=True)
        return {**content, "provenance": json.loads(content["provenance"])}
    except FileNotFoundError:
        raise AblateError(f"{path} is not there") from None
    except (OSError, EOFError, RuntimeError, ValueError, KeyError, TypeError) as error:
        raise _damaged(path, error) from error
    except pickle.UnpicklingError as error:
        raise _damaged(path, "it holds more than tensors and text") from error


def _verify(path: Path) -> None:
    record = path.parent / "training.json"
    if record.exists():
        expected = json.loads(record.read_bytes())["outputs"].get(path.name)
        if expected != hashlib.sha256(path.read_bytes()).hexdigest():
            raise ValueError(f"its sha256 is not the one in {record.name}")


def _damaged(path: Path, finding: object) -> AblateError:
    reason = str(finding).splitlines()[0]
    return AblateError(
        f"{path} is no whole checkpoint ({reason}). Remove the folder {path.parent} and run "
        "snakemake again: this run alone is trained anew."
    )


def _plain(weights: Weights | None) -> Weights | None:
    if weights is None:
        return None
    return {name: tensor.cpu().contiguous() for name, tensor in weights.items()}
