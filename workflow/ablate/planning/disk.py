"""What is on the disk, asked once for each file: planning looks at thousands of them."""

import os
from pathlib import Path

from ablate.files import digest


class Disk:
    """Sizes, times and digests as they were when first asked for.

    By the text of a path: to compare two `Path`s takes longer than to ask the disk.
    """

    def __init__(self) -> None:
        self._stats: dict[str, tuple[int, float] | None] = {}
        self._digests: dict[str, str | None] = {}

    def exists(self, path: Path | str) -> bool:
        """Whether there is a file or folder."""
        return self._stat(path) is not None

    def size(self, path: Path | str) -> int | None:
        """Bytes of a file; None where there is none."""
        found = self._stat(path)
        return None if found is None else found[0]

    def written(self, path: Path | str) -> float:
        """When a file was written, in seconds since 1970; 0 where there is none."""
        found = self._stat(path)
        return 0.0 if found is None else found[1]

    def digest(self, path: Path | str) -> str | None:
        """sha256 of a file; None where there is none."""
        name = str(path)
        if name not in self._digests:
            self._digests[name] = digest(name) if self.exists(name) else None
        return self._digests[name]

    def _stat(self, path: Path | str) -> tuple[int, float] | None:
        name = str(path)
        if name not in self._stats:
            try:
                found = os.stat(name)
                self._stats[name] = (found.st_size, found.st_mtime)
            except OSError:
                self._stats[name] = None
        return self._stats[name]
