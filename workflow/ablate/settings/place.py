"""Paths as people write them: ~ is a home folder, $NAME and ${NAME} are environment variables."""

import os
import re
from typing import Annotated

from pydantic import AfterValidator

from ablate.settings.refusal import refuse, shown

BUCKET = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
VARIABLE = re.compile(r"\$(?:(\w+)|\{([^}]*)\})", re.ASCII)


def expanded(path: str) -> str:
    """`path` with home folders and environment variables put in.

    Raises:
        PydanticCustomError: it is no path but an address, or names a user or a variable that there
            is none of.
    """
    if BUCKET.match(path):
        raise refuse(f"found {shown(path)}, the path of a folder is needed: no bucket, no URL")
    if "\n" in path or "\t" in path or "\r" in path:
        raise refuse(f"found {shown(path)}, a path without tabs and line breaks is needed")
    for name in (bare or braced for bare, braced in VARIABLE.findall(path)):
        if not os.environ.get(name):
            raise refuse(f"found {shown(path)}, but the environment variable {name} is not set")
    found = os.path.expanduser(os.path.expandvars(path))
    if found.startswith("~"):
        raise refuse(f"found {shown(path)}, but {found.partition('/')[0]} is no user's home folder")
    return found


ExpandedPath = Annotated[str, AfterValidator(expanded)]
