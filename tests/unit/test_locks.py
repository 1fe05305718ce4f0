"""Locks where the file system has none: each process says so in the same words, and goes on."""

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ablate.locks import Lock

WORKFLOW = Path(__file__).parents[2] / "workflow"
# Stands in for the C library's flock, as on NFS without its lock service or Lustre without flock.
REFUSING = """
#include <errno.h>
#include <stdlib.h>
int flock(int file, int operation) {
    errno = atoi(getenv("FLOCK_ERRNO"));
    return -1;
}
"""
TRAINS = """
import sys
from ablate.job import lock
with lock.held(sys.argv[1] + "/state/run/seed0") as waited:
    print("goes on", waited)
"""
BUILDS = """
import sys
from ablate.paths import Results
from ablate.building import alone
held, waited = alone.awaited(Results(sys.argv[1]))
print("goes on", waited)
"""


@pytest.fixture(scope="module")
def refusing(tmp_path_factory) -> Path:
    """A library that refuses all locks, to be loaded before the C library."""
    folder = tmp_path_factory.mktemp("refusing")
    (folder / "flock.c").write_text(REFUSING)
    library = folder / "flock.so"
    compiler = shutil.which("cc") or shutil.which("gcc")
    assert compiler, "a C compiler is needed"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, folder / "flock.c"], check=True)
    return library


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
def test_without_locks_builder_and_training_say_the_same_and_go_on(refusing, tmp_path, number):
    environment = {**os.environ, "LD_PRELOAD": str(refusing), "FLOCK_ERRNO": str(number)}
    for program, path in ((BUILDS, "state/lock"), (TRAINS, "state/run/seed0/lock")):
        for _ in range(2):
            done = subprocess.run(
                [sys.executable, "-W", "error", "-c", program, str(tmp_path)],
                cwd=WORKFLOW,
                env=environment,
                capture_output=True,
                text=True,
                check=True,
            )
            assert done.stdout == "goes on False\n"
            assert done.stderr == (
                f"{tmp_path / path} cannot be locked ({os.strerror(number)}): make sure that "
                "only one Snakemake at a time works on these results\n"
            )
        # No marker that would outlive its process: whoever can lock may.
        assert list((tmp_path / path).parent.glob("*lock*")) == [tmp_path / path]
        assert not Lock(tmp_path / path).is_held()
        lock = Lock(tmp_path / path)
        assert lock.take()
        lock.release()


def test_a_lock_that_is_let_go_can_be_had_at_once(tmp_path):
    one, other = Lock(tmp_path / "lock"), Lock(tmp_path / "lock")
    with one:
        assert not other.take()
        assert other.is_held()
    assert other.take()
    other.release()
