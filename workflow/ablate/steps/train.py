"""Trains one run and seed.

A training that was interrupted goes on from its saved state. On SIGTERM it saves and exits with
143.
"""

import gc
import sys
import traceback
from pathlib import Path
from types import ModuleType

from ablate import named
from ablate.building import attempts
from ablate.errors import AblateError
from ablate.job import log
from ablate.planning.requests import Request
from ablate.settings import own
from ablate.steps import command_line


def main(argv: list[str] | None = None) -> int:
    """Train what the command line asks for."""
    try:
        request = command_line.read(argv)
        state = _state(request)
        attempts.begin(state, request.results.log(request.product))
    except AblateError as error:
        return _refused(error)
    try:
        run, Interrupted = _loaded()
        try:
            proof = command_line.prove(request)
            job = run.TrainingRequest(**request.request, code=request.code)
            run.run(job, request.inputs[0], request.record.parent, state, proof.end)
        except Interrupted as reason:
            done = "state saved" if reason.saved else "nothing was trained"
            log.note(f"interrupted; {done}: {reason}")
            attempts.end(state)
            return 128 + reason.signal
    except AblateError as error:
        attempts.end(state, refused=str(error))
        return _refused(error)
    except (Exception, SystemExit) as error:
        said = named.blame(error)
        attempts.end(state, refused=said)
        said = said or _perhaps(error, request)
        if said is None:
            raise
        traceback.print_exception(error)
        return _refused(said)
    attempts.end(state)
    return 0


def _refused(reason: object) -> int:
    log.note(f"error: {reason}")
    return 1


def _perhaps(error: BaseException, request: Request) -> str | None:
    """What to say of an error where one's own code may have given what nothing can go on with."""
    package = f"{own.PACKAGE}."
    files = [f"{m.removeprefix(package)}.py" for m in request.computes if m.startswith(package)]
    if not files or isinstance(error, SystemExit):
        return None
    return (
        f"{type(error).__name__}: {error} (this run has code of your own, in "
        f"{' and '.join(files)}; docs/own-code.md says what each part is given and gives)"
    )


def _state(request: Request) -> Path:
    return request.results.state(request.request["run"], request.request["seed"])


def _loaded() -> tuple[ModuleType, type[BaseException]]:
    """What trains, torch and all: loaded once the command line is known to be right."""
    # Looking for garbage in what is loaded, and stays, would take a tenth of the time.
    gc.disable()
    from ablate.job import run
    from ablate.job.interruption import Interrupted

    gc.enable()
    return run, Interrupted


if __name__ == "__main__":
    sys.exit(main())
