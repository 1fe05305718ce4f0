"""What is on the disk, asked once for each file: planning looks at thousands of them."""

import os
from functools import cache
from pathlib import Path

from ablate.files import digest


class Disk:
    """Sizes, times and digests as they were when first asked for.

    By the text of a path: to compare two `Path`s takes longer than to ask the disk.
    """

    def __init__(self) -> None:
        self._stat = cache(_stat)
        self._digest = cache(digest)

    def exists(self, path: Path | str) -> bool:
        """Whether there is a file or folder."""
        return self._stat(str(path)) is not None

    def size(self, path: Path | str) -> int | None:
        """Bytes of a file; None where there is none."""
        found = self._stat(str(path))
        return None if found is None else found.st_size

    def written(self, path: Path | str) -> float:
        """When a file was written, in seconds since 1970; 0 where there is none."""
        found = self._stat(str(path))
        return 0.0 if found is None else found.st_mtime

    def digest(self, path: Path | str) -> str | None:
        """sha256 of a file; None where there is none."""
        return self._digest(str(path)) if self.exists(path) else None


def _stat(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except OSError:
        return None
