"""Packs the images from any source: images.npz, and the manifest that vouches for it."""

import sys
from functools import partial

from ablate.data.pack import pack
from ablate.errors import AblateError
from ablate.planning.requests import Request
from ablate.steps import command_line

FEWER = "data: the images do not fit into this machine's memory; take smaller ones, or fewer"


def step(request: Request) -> None:
    """Pack the images that the resolved `data` mapping names; say what they are.

    Raises:
        AblateError: the source cannot give them, they do not fit into memory, or they cannot be
            written.
    """
    try:
        manifest = pack(request.request, request.outputs[0].parent)
    except MemoryError as error:
        raise AblateError(f"{FEWER} ({error})" if str(error) else FEWER) from None
    print(
        f"{manifest.name}: {manifest.train} training and {manifest.test} test images of "
        f"{len(manifest.classes)} classes, {manifest.size[0]}x{manifest.size[1]}"
    )


main = partial(command_line.answer, step)

if __name__ == "__main__":
    sys.exit(main())
