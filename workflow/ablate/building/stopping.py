"""A build that is told to stop (SIGTERM) or loses its terminal (SIGHUP) stops within seconds.

By itself Snakemake waits for the jobs that run, which at full scale is hours, and while it
schedules its handler can wait for ever for a lock that its own main thread holds. Python writes
the number of each signal to a file before any handler runs; a thread reads it there, tells the jobs
to end (a training saves its state), and ends the process, whatever the main thread does.
"""

import contextlib
import os
import signal
import socket
import threading

import psutil

from ablate.building import monitors

ASKED_BY = (signal.SIGTERM, signal.SIGHUP)
# For a training to save its state, and then for Snakemake to end by itself.
PATIENCE = 60.0
GRACE = 3.0


def watch() -> None:
    """Watch for signals that ask this process to stop; to be called in its main thread."""
    if threading.current_thread() is not threading.main_thread():
        return
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
        # Without a handler of Python's the signal would end the process unseen. One that is
        # ignored (nohup) stays so.
        signal.signal(signal.SIGHUP, lambda number, frame: None)
    threading.Thread(target=_wait, args=(reader, writer), daemon=True).start()


def _wait(reader: socket.socket, writer: socket.socket) -> None:
    while True:
        for number in reader.recv(64):
            if number in ASKED_BY:
                end(number)


def end(number: int) -> None:
    """End all that this process has started, then this process, as if by signal `number`."""
    started = psutil.Process().children(recursive=True)
    for process in started:
        with contextlib.suppress(psutil.Error):
            process.terminate()
    psutil.wait_procs(started, timeout=PATIENCE)
    # Time for Snakemake to end in its own way.
    threading.Event().wait(GRACE)
    monitors.disappear()
    os._exit(128 + number)
