"""Archives of images: on disk or downloaded, verified before they are opened."""

import hashlib
import http.client
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ablate.errors import AblateError
from ablate.files import write_whole


@dataclass(frozen=True)
class Archive:
    """A file of images or labels as its authors publish it.

    name: in the folder where it is kept. md5: as torchvision states it.
    """

    url: str
    name: str
    md5: str

    def found(self, folder: Path) -> Path:
        """The archive in `folder`, downloaded first if it is not there.

        Raises:
            AblateError: no archive and no network, or one that is not the official one.
        """
        path = folder / self.name
        if not path.exists():
            self._download(path)
        fault = self._fault(path)
        if fault:
            raise AblateError(
                f"{path} {fault}. Delete it to have {self.url} downloaded, or {self._by_hand(path)}"
            )
        return path

    def _download(self, path: Path) -> None:
        print(f"downloading {self.url} to {path}", file=sys.stderr)
        with write_whole(path) as draft:
            with draft.open("wb") as file:
                for block in self._blocks(path):
                    file.write(block)
            fault = self._fault(draft)
            if fault:
                raise AblateError(
                    f"What came from {self.url} {fault}. Try again, or {self._by_hand(path)}"
                )

    def _blocks(self, path: Path) -> Iterator[bytes]:
        try:
            with urllib.request.urlopen(self.url, timeout=60) as response:
                expected, come = int(response.headers.get("Content-Length") or 0), 0
                while block := response.read(1 << 20):
                    self._tell(come, come + len(block), expected)
                    come += len(block)
                    yield block
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", error)
            raise AblateError(
                f"{self.url} cannot be read ({reason}): {self._by_hand(path)}"
            ) from None

    def _tell(self, before: int, now: int, expected: int) -> None:
        """Say so whenever another tenth has come."""
        if expected and (tenths := now * 10 // expected) > before * 10 // expected:
            print(f"{self.name}: {tenths * 10} %", file=sys.stderr)

    def _fault(self, path: Path) -> str | None:
        """What is wrong with the archive, if anything; told from its bytes, without opening it."""
        with path.open("rb") as file:
            md5 = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
        if md5 == self.md5:
            return None
        size = f"{path.stat().st_size:,} bytes"
        return f"is not the official archive, or is cut short: its md5 is {md5} ({size})"

    def _by_hand(self, path: Path) -> str:
        return f"put that archive at {path} by hand (md5 {self.md5})"
