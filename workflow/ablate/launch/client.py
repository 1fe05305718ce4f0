"""Runs a step: `python client.py ablate.steps.STEP ARGUMENTS`, by the server if there is one.

The job gets this process's folder, environment and open files; signals are passed on to it, and
this process ends as it does: with its exit code, or killed. Nothing but the standard library's
lightest parts is loaded.
"""

import contextlib
import json
import os
import signal
import socket
import sys

# In the environment: where the server listens.
PLACE = "ABLATE_LAUNCHER"
# In that of a job that was forked: the process that waits for it, which it must not outlive.
CLIENT = "ABLATE_CLIENT"
PASSED_ON = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def main() -> int:
    """The exit code of the step that the command line names."""
    connection = connected()
    if connection is None:
        return alone()
    asked = {"argv": sys.argv[1:], "folder": os.getcwd(), "environment": dict(os.environ)}
    # Before it is sent: a signal that comes meanwhile is kept for the job.
    signal.pthread_sigmask(signal.SIG_BLOCK, PASSED_ON)
    try:
        socket.send_fds(connection, [json.dumps(asked).encode() + b"\n"], [0, 1, 2])
        process = int.from_bytes(received(connection, 4), "little")
    except OSError:
        process = 0
    if not process:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, PASSED_ON)
        return alone()
    for number in PASSED_ON:
        signal.signal(number, lambda number, _: passed_on(process, number))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, PASSED_ON)
    code = received(connection, 1)
    if not code:
        # The job was killed. Whoever waits for this process, a shell say, is to see that.
        os.kill(os.getpid(), signal.SIGKILL)
    return code[0]


def connected() -> socket.socket | None:
    """A connection to the server; None where there is none."""
    place = os.environ.get(PLACE)
    if not place:
        return None
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(place)
    except OSError:
        return None
    return connection


def received(connection: socket.socket, size: int) -> bytes:
    """So many bytes; fewer where the other side has gone."""
    found = b""
    while len(found) < size:
        more = connection.recv(size - len(found))
        if not more:
            break
        found += more
    return found


def passed_on(process: int, number: int) -> None:
    """Give the job a signal that was meant for it."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, number)


def alone() -> int:
    """The step in this process, as if there were no server."""
    os.execv(sys.executable, [sys.executable, "-P", "-m", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
