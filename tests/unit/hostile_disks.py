"""Places that cannot be written, made so that even root cannot write there."""

import contextlib
import ctypes
import os
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

# linux/capability.h
LINUX_CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1 << 1, 1 << 2


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
    """Take the right to write in some folders, from root too."""
    modes = {path: path.stat().st_mode for path in paths}
    for path in paths:
        path.chmod(0o555)
    try:
        with bound_by_modes():
            yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


@contextlib.contextmanager
def bound_by_modes() -> Iterator[None]:
    """Let the modes of files bind this thread, and those it starts, as they bind all but root.

    Root's privilege over them is taken out of its effective capabilities (capabilities(7)). Another
    user would do too, were all of the project and its environment open to everybody.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(LINUX_CAPABILITY_VERSION_3, 0)
    # Of capabilities 0 to 31 and 32 to 63: effective, permitted, inheritable.
    held = (ctypes.c_uint32 * 6)()
    if libc.capget(header, held):
        raise OSError(ctypes.get_errno(), "capget")
    bound = (ctypes.c_uint32 * 6)(*held)
    bound[0] &= ~(CAP_DAC_OVERRIDE | CAP_DAC_READ_SEARCH)
    try:
        if libc.capset(header, bound):
            raise OSError(ctypes.get_errno(), "capset")
        yield
    finally:
        libc.capset(header, held)
