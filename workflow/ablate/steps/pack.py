"""Packs the images from any source: images.npz, and the manifest that vouches for it."""

import sys

from ablate.data.pack import pack
from ablate.planning.requests import Request
from ablate.steps import asked


def step(request: Request) -> None:
    """Pack the images that the resolved `data` mapping names; say what they are.

    Raises:
        AblateError: the source cannot give them, or they cannot be written.
    """
    manifest = pack(request.request, request.outputs[0].parent)
    print(
        f"{manifest.name}: {manifest.train} training and {manifest.test} test images of "
        f"{len(manifest.classes)} classes, {manifest.size[0]}x{manifest.size[1]}"
    )


def main(argv: list[str] | None = None) -> int:
    """Answer the command line."""
    return asked.answer(step, argv)


if __name__ == "__main__":
    sys.exit(main())
