"""Packs the images: `python -m ablate.steps.pack --request JSON --out FOLDER/manifest.json`.

The request is the resolved `data` mapping; images.npz is written beside the manifest.
"""

import argparse
import json
import sys
from pathlib import Path

from ablate.data.dataset import MANIFEST
from ablate.data.pack import pack
from ablate.errors import AblateError


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="ablate.steps.pack", description=__doc__)
    parser.add_argument("--request", required=True, type=json.loads, help="data settings, as JSON")
    parser.add_argument("--out", required=True, type=Path, help=f"FOLDER/{MANIFEST}")
    arguments = parser.parse_args(argv)
    try:
        if arguments.out.name != MANIFEST:
            raise AblateError(
                f"--out: found {arguments.out}, a path ending in {MANIFEST} is needed"
            )
        manifest = pack(arguments.request, arguments.out.parent)
    except AblateError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(
        f"{manifest.name}: {manifest.train} training and {manifest.test} test images of "
        f"{len(manifest.classes)} classes, {manifest.size[0]}x{manifest.size[1]}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
