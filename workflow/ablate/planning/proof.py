"""Proof that a job computes with the code that was planned."""

import sys

import psutil

from ablate.errors import AblateError
from ablate.files import changed_at
from ablate.planning import code


class Proof:
    """Proves that this process computes with the code that was planned.

    Args:
        planned: the digest that the build was planned with.
        modules: what it was taken of.
    """

    def __init__(self, planned: str, *modules: str) -> None:
        self.planned = planned
        self.modules = modules
        self.began = psutil.Process().create_time()
        self.early = set(sys.modules)

    def begin(self) -> None:
        """Compare the sources with the plan, once this process has loaded what it starts with.

        Raises:
            AblateError: they differ, or were written while they were loaded.
        """
        if code.digest(*self.modules) != self.planned:
            raise _changed("since this build was planned")
        if self._written_since(code.closure(*self.modules) & self.early):
            raise _changed("while this job started")

    def end(self) -> None:
        """Ask the same of what was loaded in the meantime.

        Raises:
            AblateError: a source was written before it was loaded.
        """
        if self._written_since((code.closure(*self.modules) & set(sys.modules)) - self.early):
            raise _changed("while this job ran")

    def _written_since(self, modules: set[str]) -> bool:
        return any(changed_at(code.source(module)) > self.began for module in modules)


def _changed(when: str) -> AblateError:
    return AblateError(
        f"the code of this step was changed {when}; nothing was written. Give the same command "
        "again: it plans with the code as it is now."
    )
