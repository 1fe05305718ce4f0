"""What figures need is read from their text, since planning loads no matplotlib."""

import importlib

import pytest

from ablate.planning.drawings import Needs, figures, needs


@pytest.mark.parametrize("figure", figures())
def test_what_is_read_is_what_the_module_says(figure):
    module = importlib.import_module(f"ablate.figures.{figure}")
    assert needs(figure) == Needs.model_validate(getattr(module, "NEEDS", {}))
