"""One Snakemake at a time builds a results tree, and no command changes it meanwhile.

Snakemake's own locks are files: they outlive a Snakemake that is killed, and one that ends removes
those of all others. The profiles switch them off.
"""

import signal
import sys
from pathlib import Path

from ablate.building import fence
from ablate.errors import AblateError
from ablate.locks import Lock
from ablate.paths import Results


def taken(results: Results) -> Lock:
    """The lock of `results`, held by this process.

    Raises:
        AblateError: the folder cannot be written, or another process builds there.
    """
    lock = _lock(results)
    if not lock.take():
        raise AblateError(f"{_built(results, lock)}; wait for it to end, or stop it")
    return lock


def awaited(results: Results) -> tuple[Lock, bool]:
    """The same, as soon as no other process builds there; and whether one did.

    Who that is, is said on stderr.

    Raises:
        AblateError: the folder cannot be written, or Ctrl-C ended the wait.
    """
    lock = _lock(results)
    if lock.take():
        return lock, False
    print(f"{_built(results, lock)}; waiting for it to end", file=sys.stderr)
    _wait(lock)
    return lock, True


def _lock(results: Results) -> Lock:
    _make_folder_of(results.lock)
    return Lock(results.lock, token=fence.begin())


def _make_folder_of(file: Path) -> None:
    for part in reversed(file.parents):
        if part.is_symlink() and not part.exists():
            raise AblateError(
                f"{part} is a link to {part.readlink()}, which is not there: is a disk not mounted?"
            )
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AblateError(f"{file} could not be written: {error.strerror or error}") from error


def _wait(lock: Lock) -> None:
    # By itself Snakemake's event loop would note Ctrl-C and go on waiting.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        lock.wait()
    except KeyboardInterrupt:
        raise AblateError("interrupted while waiting; nothing was done") from None
    finally:
        signal.signal(signal.SIGINT, before)


def _built(results: Results, lock: Lock) -> str:
    who = lock.holder()
    since = f" since {who['since']} ({who['command']})" if who else ""
    return f"{results.root} is being built by {lock.named()}{since}"
