"""Requests as rules write them, for tests that call a step by its command line."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ablate.planning import code
from ablate.planning.requests import Request


def asked(
    request: dict[str, Any],
    results: Path,
    outputs: Sequence[Path],
    inputs: Sequence[Path] = (),
    record: Path | None = None,
    computes: Sequence[str] = (),
    extensions: Path | None = None,
) -> list[str]:
    """The command line of a step: its request is written beside the results."""
    whole = Request(
        product="tests/product",
        request=request,
        code=code.digest(*computes),
        computes=list(computes),
        root=results,
        inputs=list(inputs),
        outputs=list(outputs),
        record=record or results / "records" / "product.json",
        extensions=extensions,
    )
    path = results / "request.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(whole.model_dump_json())
    return ["--request", str(path)]
