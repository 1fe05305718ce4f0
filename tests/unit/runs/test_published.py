"""The published results are of runs that the plan asks for, with the seeds written beside them."""

import pytest
from project import ROOT

from ablate.planning.plan import Plan
from ablate.planning.products import Products
from ablate.runs import travel
from ablate.settings import layers, written

REFERENCES = ROOT / "report" / "reference"


@pytest.mark.parametrize("preset", ["laptop", "paper"])
def test_the_plan_asks_for_every_published_run(preset):
    config = written.read(ROOT / "config.yaml")
    overlay = REFERENCES / f"{preset}.yaml"
    if overlay.exists():
        config = layers.laid(config, written.read(overlay))
    asked = Products(Plan({**config, "preset": preset})).of_kind("runs")
    packed = {run for path in travel.archives(REFERENCES / preset) for run in travel.packed(path)}
    assert packed
    assert packed <= set(asked)
