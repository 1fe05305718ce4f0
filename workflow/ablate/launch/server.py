"""The process that has loaded everything: `python -m ablate.launch.server PLACE PARENT`.

It forks once for each job that a client asks for, before any thread or CUDA context exists in it.
The job holds the connection to its client: a server that is killed takes no job with it, and the
next client does without. It ends with the process that started it.
"""

import contextlib
import gc
import importlib
import json
import os
import shutil
import signal
import socket
import sys
import time
import traceback
from pathlib import Path

from ablate.files import changed_at
from ablate.launch.client import CLIENT

# What jobs load.
LOADED = (
    "torch",
    "ablate.job.run",
    "pandas",
    "vl_convert",
    "ablate.steps.train",
    "ablate.steps.metrics",
    "ablate.steps.table",
    "ablate.steps.findings",
    "ablate.steps.figure",
    "ablate.steps.page",
)
# Their `main` is called then: it does once what each job would do for itself.
CALLED = ("ablate.steps.ready",)
ROOT = Path(__file__).parents[1]
EVERY_SECONDS = 1.0
PEER = socket.SO_PEERCRED if hasattr(socket, "SO_PEERCRED") else None


def main(place: str, started_by: int) -> int:
    """Serve until the process `started_by` has gone; 1 if no job can be forked here.

    Told to end, it takes its folder away first.
    """
    signal.signal(signal.SIGTERM, _end)
    loaded_at = time.time()
    try:
        listener = listening(place)
        load()
        if threads() != 1:
            print("the launcher has threads, so it cannot fork: jobs start alone", file=sys.stderr)
            return 1
        serve(listener, loaded_at, started_by)
    except OSError as error:
        # Such as a name that is too long for a socket.
        print(f"no launcher at {place} ({error}): jobs start alone", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(Path(place).parent, ignore_errors=True)
    return 0


def listening(place: str) -> socket.socket:
    """The socket at `place`: clients that come while this process loads wait there."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(place)
    listener.listen(128)
    listener.settimeout(EVERY_SECONDS)
    return listener


def load() -> None:
    """Load what jobs need, once for all of them."""
    for module in LOADED:
        importlib.import_module(module)
    for module in CALLED:
        importlib.import_module(module).main()
    # What is loaded stays: looking through it for garbage would copy its pages into each job.
    gc.collect()
    gc.freeze()


def threads() -> int:
    """How many threads this process has."""
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.exists() else 1


def serve(listener: socket.socket, loaded_at: float, started_by: int) -> None:
    """Fork for each client that connects."""
    # Ctrl-C is for the jobs, which are in the same group; the dead are not waited for.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while os.getppid() == started_by:
        with contextlib.suppress(TimeoutError):
            connection, _ = listener.accept()
            if forked() == 0:
                listener.close()
                answer(connection, loaded_at)
            connection.close()


def forked() -> int:
    """Fork; whoever tells the child to end means the job, at no moment this server."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
    return child


def _end(*_: object) -> None:
    sys.exit(128 + signal.SIGTERM)


def answer(connection: socket.socket, loaded_at: float) -> None:
    """In the child: become the job that the client asks for, and tell it the exit code."""
    argv = None
    with contextlib.suppress(BaseException):
        argv = begun(connection, loaded_at)
    if argv is None:
        # The client, if it is there still, starts the job alone, with the code as it is now.
        with contextlib.suppress(OSError):
            connection.sendall((0).to_bytes(4, "little"))
        os._exit(0)
    code = 1
    try:
        connection.sendall(os.getpid().to_bytes(4, "little"))
        code = run(argv)
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        with contextlib.suppress(OSError):
            connection.sendall(bytes([code % 256]))
        os._exit(code % 256)


def begun(connection: socket.socket, loaded_at: float) -> list[str] | None:
    """Become the job that the client asks for; its command line, None where the code has changed.

    Raises:
        OSError: the client has gone, or its folder or a source has.
    """
    connection.settimeout(None)
    for number in (signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    asked, files = received(connection)
    if changed_since(loaded_at):
        return None
    become(asked, files, client_of(connection))
    return asked["argv"]


def received(connection: socket.socket) -> tuple[dict, list[int]]:
    """What a client asks for, and its open files: input, output, errors.

    Raises:
        ConnectionError: it has gone before it has said so.
    """
    content, files, _, _ = socket.recv_fds(connection, 65536, 3)
    while not content.endswith(b"\n"):
        more = connection.recv(65536)
        if not more:
            raise ConnectionError("the client has gone")
        content += more
    return json.loads(content), files


def client_of(connection: socket.socket) -> int | None:
    """The client's process; None where the system does not tell."""
    if PEER is None:
        return None
    credentials = connection.getsockopt(socket.SOL_SOCKET, PEER, 12)
    return int.from_bytes(credentials[:4], sys.byteorder)


def become(asked: dict, files: list[int], client: int | None) -> None:
    """Take on a job's folder, environment and open files."""
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    if client is not None:
        os.environ[CLIENT] = str(client)
    gc.enable()


def run(argv: list[str]) -> int:
    """The exit code of a step's `main`."""
    step, *arguments = argv
    sys.argv = argv
    try:
        return importlib.import_module(step).main(arguments)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)


def changed_since(moment: float) -> bool:
    """Whether a source of the library changed after this process began to load it."""
    return any(changed_at(file) > moment for file in ROOT.rglob("*.py"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
