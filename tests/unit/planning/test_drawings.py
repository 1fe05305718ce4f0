"""What figures need is read from their text, since planning loads no matplotlib."""

import importlib

import pytest

from ablate.planning.drawings import Needs, figures, needs
from ablate.settings.study import Figure


@pytest.mark.parametrize("figure", figures())
def test_what_is_read_is_what_the_module_says(figure):
    module = importlib.import_module(f"ablate.figures.{figure}")
    assert needs(figure, Figure(title="x")) == Needs.model_validate(getattr(module, "NEEDS", {}))
