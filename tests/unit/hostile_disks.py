"""Places that cannot be written, made so that even root cannot write there."""

import contextlib
import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

NOBODY = 65534


class SmallDisk:
    """A folder on a disk of 4 MiB, which `fill` fills up to a few bytes.

    Where file systems cannot be mounted, a limit on the size of files takes the disk's place: to
    those who write it looks the same.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        asked = ["mount", "-t", "tmpfs", "-o", "size=4m", "ablate-test", str(folder)]
        self.mounted = not subprocess.run(asked, capture_output=True, check=False).returncode
        self.limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(self, room: int) -> None:
        """Leave `room` bytes, a multiple of 4096."""
        if not self.mounted:
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, self.limits[1]))
            return
        usage = os.statvfs(self.folder)
        filler = usage.f_bavail * usage.f_frsize - room
        (self.folder / "filler").write_bytes(bytes(filler))

    def empty(self) -> None:
        """Make room again."""
        (self.folder / "filler").unlink(missing_ok=True)
        resource.setrlimit(resource.RLIMIT_FSIZE, self.limits)

    def close(self) -> None:
        """Leave nothing of it."""
        self.empty()
        if self.mounted:
            subprocess.run(["umount", str(self.folder)], check=True)


@contextlib.contextmanager
def unwritable(*paths: Path) -> Iterator[None]:
    """Take the right to write in some folders, from root too: meanwhile it is somebody else."""
    modes = {path: path.stat().st_mode for path in paths}
    for path in paths:
        path.chmod(0o555)
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        for path, mode in modes.items():
            path.chmod(mode)


@contextlib.contextmanager
def open_folder() -> Iterator[Path]:
    """A new folder that everybody may enter and read, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
