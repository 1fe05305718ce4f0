"""What all unit tests share."""

import os

import pytest

from ablate.planning import fence


@pytest.fixture(autouse=True)
def _of_no_build():
    """A test that holds the lock of a build leaves no sign of it to the next."""
    yield
    os.environ.pop(fence.VARIABLE, None)
