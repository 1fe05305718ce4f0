"""What a step is asked for, as a file that the job reads: no number of rows is too many for it.

A file is named for its content, so that a job that waits in a queue finds what it was sent for
whatever has been planned since.
"""

import hashlib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from ablate.errors import AblateError
from ablate.files import write_text
from ablate.paths import Results
from ablate.planning.product import Product
from ablate.requests.asked import Asked
from ablate.settings import own

# Beside Snakemake's own files: a folder that the jobs of every executor share.
FOLDER = Path(".snakemake", "requests")


A = TypeVar("A", bound=Asked)


class Request(BaseModel):
    """One product to be made.

    Attributes:
        product: its name.
        request: what its step is asked to make.
        code: the digest of `computes`, the modules that decide what the product holds.
        root: of the results tree.
        inputs: the files whose content counts; outputs: the files to make, the main one first.
        record: the file that says why, written last.
        extensions: the folder of one's own code.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    product: str
    request: dict[str, Any]
    code: str
    computes: list[str]
    root: Path
    inputs: list[Path]
    outputs: list[Path]
    record: Path
    extensions: Path | None = None

    @property
    def results(self) -> Results:
        """The tree that it is made in."""
        return Results(self.root)

    def read(self, kind: type[A]) -> A:
        """What the step is asked to make, as an object."""
        return kind.read(self.product, self.request, self.results)


def of(product: Product, results: Results) -> Request:
    """The request for a product."""
    return Request(
        product=product.name,
        request=product.request,
        code=product.code,
        computes=[*product.modules_with(product.chosen)],
        root=results.root,
        inputs=list(product.inputs),
        outputs=list(product.outputs),
        record=product.record,
        extensions=own.folder(),
    )


def write(request: Request) -> Path:
    """Write the request where the job will read it, unless it is there already."""
    path = place(request)
    if not path.exists():
        write_text(path, _text(request))
    return path


def place(request: Request) -> Path:
    """Where a request is written."""
    return FOLDER / f"{hashlib.sha256(_text(request).encode()).hexdigest()[:16]}.json"


def _text(request: Request) -> str:
    return request.model_dump_json(indent=1)


def read(path: Path) -> Request:
    """What `write` wrote."""
    try:
        return Request.model_validate_json(path.read_bytes())
    except OSError as error:
        raise AblateError(f"{path}: {error.strerror}; give the same command again") from None
    except ValidationError:
        raise AblateError(f"{path} is damaged; remove it and give the same command again") from None
