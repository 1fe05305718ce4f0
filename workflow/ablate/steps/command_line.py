"""How a step answers a rule: `python -m ablate.steps.STEP --request FILE`.

It reads what is asked, proves that the code it has loaded is the code that was planned, makes the
product, and writes down last what made it.
"""

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from ablate import named
from ablate.errors import AblateError
from ablate.files import Fingerprint, digest
from ablate.planning import requests
from ablate.planning.made import Made
from ablate.planning.proof import Proof
from ablate.planning.requests import Request
from ablate.settings import own


def answer(make: Callable[[Request], None], argv: list[str] | None = None) -> int:
    """Make the product that the command line asks for; 1 and one message where that fails."""
    try:
        _answer(make, read(argv))
    except AblateError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except SystemExit as end:
        # Of one's own code, such as sys.exit() in a file that was written as a script.
        said = named.blame(end)
        if said is None:
            raise
        print(f"error: {said}", file=sys.stderr)
        return 1
    return 0


def _answer(make: Callable[[Request], None], request: Request) -> None:
    proof = prove(request)
    try:
        inputs = {path: digest(path) for path in request.inputs}
        make(request)
        proof.end()
        record(request, inputs)
    except FileNotFoundError as error:
        if not Path(str(error.filename)).is_relative_to(request.root):
            raise
        raise AblateError(
            f"{error.filename} is gone: something removed it while {request.product} was being "
            "made; give the same command again"
        ) from error


def read(argv: list[str] | None = None) -> Request:
    """The request that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m ablate.steps.STEP", description=__doc__)
    parser.add_argument("--request", type=Path, required=True, help="a file that a rule wrote")
    request = requests.read(parser.parse_args(argv).request)
    own.use(request.extensions)
    return request


def prove(request: Request) -> Proof:
    """A proof, begun, that this process computes with the code that was planned.

    Raises:
        AblateError: it does not.
    """
    proof = Proof(request.code, *request.computes)
    proof.begin()
    return proof


def record(request: Request, inputs: dict[Path, str]) -> None:
    """Write what made the product: the request, the code, digests of inputs, sizes of outputs."""
    Made(
        request=request.request,
        code=request.code,
        inputs={_name(request, path): found for path, found in inputs.items()},
        outputs={_name(request, path): Fingerprint.of(path) for path in request.outputs},
        made=datetime.now(UTC).isoformat(timespec="seconds"),
    ).write(request.record)


def _name(request: Request, path: Path) -> str:
    """A file's place in the results tree: results may be moved."""
    return str(path.relative_to(request.root))
