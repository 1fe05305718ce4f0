"""Dies at every file event of an action, as a crash of the machine would have it.

A file that was written and not yet synced to the disk is torn then: half of it is left.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

EVENTS = ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod")
DIED = 99


def deaths(folder: Path, action: Callable[[], None]) -> Iterator[int]:
    """Run `action` in a child that dies before its n-th event in `folder`, for n = 1, 2, ...

    Gives n after each death, and a last one after a child that lived. Before each child the folder
    is as it was at the beginning.

    Raises:
        AssertionError: the action failed by itself.
    """
    before = folder.with_name(f"{folder.name}-before")
    shutil.copytree(folder, before)
    n, code = 0, DIED
    while code == DIED:
        n += 1
        shutil.rmtree(folder)
        shutil.copytree(before, folder)
        child = os.fork()
        if child == 0:
            _run(folder, action, n)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert code in (DIED, 0)
        yield n


def _run(folder: Path, action: Callable[[], None], n: int) -> None:
    """Never returns: what pytest does at the end of a process is not this one's."""
    try:
        sys.addaudithook(_Death(folder, n).hear)
        action()
        os._exit(0)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        sys.stderr.flush()
        os._exit(1)


class _Death:
    def __init__(self, folder: Path, n: int) -> None:
        self.folder = f"{folder}{os.sep}"
        self.left = n
        self.unsynced: set[str] = set()
        self.fsync = os.fsync
        os.fsync = self.sync

    def sync(self, file: int) -> None:
        self.fsync(file)
        self.unsynced.discard(os.readlink(f"/proc/self/fd/{file}"))

    def hear(self, event: str, arguments: tuple) -> None:
        if event not in EVENTS or self.left <= 0 or not isinstance(arguments[0], str | os.PathLike):
            return
        path = os.path.abspath(os.fspath(arguments[0]))
        writes = event != "open" or arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if not path.startswith(self.folder) or not writes:
            return
        self.left -= 1
        if self.left == 0:
            self.die()
        if event == "open":
            self.unsynced.add(path)
        if event == "os.rename" and path in self.unsynced:
            self.unsynced.add(os.path.abspath(os.fspath(arguments[1])))

    def die(self) -> None:
        for path in filter(os.path.exists, self.unsynced):
            os.truncate(path, os.path.getsize(path) // 2)
        os._exit(DIED)
