"""What is on the disk, asked once for each file: planning looks at thousands of them."""

import json
from pathlib import Path
from typing import Any

from ablate.files import digest


class Disk:
    """Sizes, times and digests as they were when first asked for."""

    def __init__(self) -> None:
        self._stats: dict[Path, tuple[int, float] | None] = {}
        self._digests: dict[Path, str | None] = {}

    def exists(self, path: Path) -> bool:
        """Whether there is a file or folder."""
        return self._stat(path) is not None

    def size(self, path: Path) -> int | None:
        """Bytes of a file; None where there is none."""
        found = self._stat(path)
        return None if found is None else found[0]

    def written(self, path: Path) -> float:
        """When a file was written, in seconds since 1970; 0 where there is none."""
        found = self._stat(path)
        return 0.0 if found is None else found[1]

    def digest(self, path: Path) -> str | None:
        """sha256 of a file; None where there is none."""
        if path not in self._digests:
            self._digests[path] = digest(path) if self.exists(path) else None
        return self._digests[path]

    def _stat(self, path: Path) -> tuple[int, float] | None:
        if path not in self._stats:
            try:
                found = path.stat()
                self._stats[path] = (found.st_size, found.st_mtime)
            except OSError:
                self._stats[path] = None
        return self._stats[path]


def read(path: Path) -> dict[str, Any] | None:
    """A record; None where it is missing or no JSON mapping (an unfinished or damaged one)."""
    try:
        record = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) else None
