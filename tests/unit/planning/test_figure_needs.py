"""What figures need is read from their text, since planning loads no matplotlib."""

import importlib
import inspect

import pytest

from ablate.planning.figure_needs import Needs, figures, needs
from ablate.settings.figure import Figure, FigureOptions


@pytest.mark.parametrize("figure", figures())
def test_what_is_read_is_what_the_module_says(figure):
    module = importlib.import_module(f"ablate.figures.{figure}")
    assert needs(figure, Figure(title="x")) == Needs.model_validate(getattr(module, "NEEDS", {}))


@pytest.mark.parametrize("figure", figures())
def test_whoever_reads_the_manifest_says_so(figure):
    """Or a build would not pack images that are lost, and the figure would fail."""
    reads = "manifest" in inspect.getsource(importlib.import_module(f"ablate.figures.{figure}"))
    needed = needs(figure, Figure(title="x"))
    assert not reads or needed.classes or needed.images


@pytest.mark.parametrize("figure", figures())
def test_the_values_of_every_option_are_known(figure):
    assert set(needs(figure, Figure(title="x")).options) <= set(FigureOptions.model_fields)
