"""What all unit tests share."""

import os

import pytest

from ablate import invocation
from ablate.building import fence


@pytest.fixture(autouse=True)
def _of_no_build():
    """A test that builds, or gives settings, leaves no sign of it to the next."""
    yield
    for variable in (fence.VARIABLE, invocation.VARIABLE):
        os.environ.pop(variable, None)
