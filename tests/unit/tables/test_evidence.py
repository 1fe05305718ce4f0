"""What a claim is judged on where not all runs have finished."""

import numpy as np
import pytest
from fake_runs import measured_run, write_series

from ablate.findings.verdict import Verdict
from ablate.planning.plan import Plan
from ablate.planning.products import Products
from ablate.requests.findings import AskedFindings
from ablate.tables import evidence

FAMILY = {
    "recipe": "tiny",
    "over": {"optimizer.lr": [0.1, 0.2]},
    "seeds": [0, 1, 2],
    "observers": ["loss"],
}
CONFIG = {
    "preset": "full",
    "data": {"source": "synthetic", "train": 100, "test": 100},
    "presets": {"full": {}},
    "recipes": {"tiny": {"model": {"name": "resnet18", "width": 0.1}, "batch_size": 50}},
    "studies": {
        "widths": {
            "title": "Widths",
            "recipe": "tiny",
            "rows": {"control": {"control": True}},
            "claims": {
                "wide-is-lower": {
                    "says": "The wide network's loss is lower.",
                    "of": {"name": "band", "of": "loss_band"},
                    "order": ["narrow", "wide"],
                }
            },
        }
    },
    "families": {
        "narrow": {"label": "Narrow", **FAMILY},
        "wide": {"label": "Wide", **FAMILY, "set": {"model.width": 0.2}},
    },
}


def judged(tmp_path, finished: dict[str, dict[float, tuple[int, ...]]]) -> Verdict:
    """The verdict where of each family these rates have finished with these seeds."""
    plan = Plan({**CONFIG, "results": str(tmp_path / "results")})
    for name, rates in finished.items():
        losses = 4.0 if name == "narrow" else 1.0
        for rate, training in plan.families[name].members:
            for seed in rates.get(rate, ()):
                folder = measured_run(plan.results.root, training.run.name, seed)
                write_series(folder, loss=np.full(10, losses + rate + 0.01 * seed))
    request = AskedFindings.read("findings", Products(plan)["findings"].request, plan.results)
    (study,) = request.studies
    (verdict,) = evidence.judged(study)
    return verdict


def test_bands_are_judged_at_the_seeds_that_all_their_members_have(tmp_path):
    whole = {0.1: (0, 1, 2), 0.2: (0, 1, 2)}
    verdict = judged(tmp_path, {"narrow": whole, "wide": {0.1: (0, 1, 2), 0.2: (0, 2)}})
    assert verdict.verdict == "confirmed"
    assert verdict.effect == pytest.approx(3.0)
    assert verdict.n == 2  # of the family that has fewer


def test_a_band_without_a_seed_of_all_its_members_is_not_measured(tmp_path):
    whole = {0.1: (0,), 0.2: (0,)}
    verdict = judged(tmp_path, {"narrow": whole, "wide": {0.1: (0, 1), 0.2: (2,)}})
    assert verdict.verdict == "not measured"
    assert verdict.reason == "Wide has 3 of 6 runs at its values, and no seed at all of them"
