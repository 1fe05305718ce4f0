"""What the tests of figures share."""

import pytest

from ablate.figures import style


@pytest.fixture
def styled():
    """Draw in the style of all figures."""
    with style.applied():
        yield
