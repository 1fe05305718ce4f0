"""checkpoint.pt: the weights that a finished run leaves, opened without running any code."""

import io
import json
import pickle
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ablate.files import write_whole
from ablate.runs.record import Provenance, damaged, verified

NAME = "checkpoint.pt"

Weights = dict[str, Tensor]


def write(
    folder: str | Path, weights: Weights | None, last: Weights | None, provenance: Provenance
) -> None:
    """Write the weights of the best epoch, of the last where kept, and what made them."""
    said = json.dumps(provenance.model_dump(mode="json"), sort_keys=True)
    content = {"weights": _plain(weights), "provenance": said}
    if last is not None:
        content["last"] = _plain(last)
    archive = io.BytesIO()
    torch.save(content, archive)
    # Written by Python, since torch's writer does not raise OSError on a full disk.
    with write_whole(Path(folder) / NAME) as draft:
        draft.write_bytes(archive.getbuffer())


def read(folder: str | Path) -> dict[str, Any]:
    """What `write` wrote: tensors on the CPU, and the provenance as a dictionary.

    Raises:
        AblateError: the file is absent, not the one that the training wrote, or no checkpoint; no
            code in it is run.
    """
    path = Path(folder) / NAME
    archive = io.BytesIO(verified(folder, NAME))
    try:
        content = torch.load(archive, map_location="cpu", weights_only=True)
        return {**content, "provenance": json.loads(content["provenance"])}
    except (OSError, EOFError, RuntimeError, ValueError, KeyError, TypeError) as error:
        raise damaged(path, f"is no checkpoint ({str(error).splitlines()[0]})") from error
    except pickle.UnpicklingError as error:
        raise damaged(path, "is no checkpoint (it holds more than tensors and text)") from error


def _plain(weights: Weights | None) -> Weights | None:
    if weights is None:
        return None
    return {name: tensor.cpu().contiguous() for name, tensor in weights.items()}
