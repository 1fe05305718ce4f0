"""What claims name, resolved; and what they cannot name."""

import copy
from pathlib import Path

import pytest

from ablate.errors import AblateError
from ablate.planning import claims
from ablate.planning.plan import Plan
from ablate.planning.products import Products
from ablate.settings import written

ROOT = Path(__file__).parents[3]
CONFIG = written.read(ROOT / "config.yaml")


def of(study: str, **stated) -> list:
    """The resolved claims of a study of the report that states these alone."""
    config = copy.deepcopy(CONFIG)
    config["studies"][study]["claims"] = {"one": {"says": "So it is.", **stated}}
    plan = Plan(config)
    return [claim.asked() for claim in claims.of_study(plan, plan.studies[study])]


def test_all_claims_of_the_report_can_be_resolved():
    plan = Plan(CONFIG)
    found = [claim.asked() for claim in claims.by_name(plan).values()]
    assert len(found) == 70
    assert all(one.referents for one in found)


@pytest.mark.parametrize("classed", [True, False])
def test_claims_that_name_classes_wait_for_the_images(classed):
    """Runs that were taken in from elsewhere are there before any images are packed."""
    config = copy.deepcopy(CONFIG)
    if not classed:
        del config["studies"]["improved"]["claims"]["mistakes-alike"]
    plan = Plan(config)
    assert claims.classed(plan) is classed
    assert (plan.results.manifest in Products(plan)["findings"].inputs) is classed


def test_the_best_of_a_study_is_the_best_of_all_its_rows():
    [one] = of("weight_decay", best="1e-3")
    assert one.comparisons[0].among == ["1e-5", "1e-4", "1e-2"]
    assert set(one.referents) == {"1e-5", "1e-4", "1e-3", "1e-2"}


def test_rows_of_other_studies_families_and_figures_can_be_named():
    [one] = of("vgg_bn", order=["with_bn", "vgg_dropout/with_bn_lr1e-4", "vgg_a/0.001"])
    labels = {name: row.label for name, row in one.referents.items()}
    assert labels["with_bn"] == "VGG-A with BN"
    assert labels["vgg_dropout/with_bn_lr1e-4"].endswith(": with BN, lr1e-4")
    assert labels["vgg_a/0.001"] == "VGG-A at 0.001"
    [one] = of("weight_decay", order=["1e-2", "weight_distribution/no weight decay"])
    assert one.referents["weight_distribution/no weight decay"].reported is None


def test_families_are_compared_rate_by_rate_or_as_bands():
    [one] = of("vgg_bn", of={"name": "mean_loss"}, order=["vgg_a", "vgg_a_bn"])
    assert [c.order for c in one.comparisons][:2] == [
        ["vgg_a/0.0001", "vgg_a_bn/0.0001"],
        ["vgg_a/0.0002", "vgg_a_bn/0.0002"],
    ]
    assert len(one.comparisons) == 5
    [one] = of("vgg_bn", of={"name": "band", "of": "loss_band"}, order=["vgg_a", "vgg_a_bn"])
    assert one.referents["vgg_a"].family
    assert len(one.referents["vgg_a"].members) == 5


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"order": ["with_bn", "without"]}, r"vgg_bn.claims.one: no row 'without'; did you mean"),
        ({"order": ["with_bn", "stem/none"]}, "study stem has no row 'none'"),
        ({"order": ["with_bn", "vgg_a/0.5"]}, "family vgg_a has no run at '0.5'"),
        (
            {"of": {"name": "band", "of": "loss_band"}, "order": ["with_bn", "vgg_a"]},
            "a band is of a family of runs, and 'with_bn' is not one",
        ),
        (
            {"of": {"name": "band", "of": "beta_a"}, "order": ["vgg_a", "vgg_a_dropout"]},
            "vgg_a_dropout is not watched by the observer 'gradients'",
        ),
        ({"best": "with_bn", "order": ["with_bn", "vgg_a"]}, "found order and best of the"),
        ({}, "found none of the comparisons, one is needed: order, best"),
        ({"alike": ["with_bn", "without_bn"]}, "alike needs 'within' beside it"),
        ({"order": ["with_bn", "without_bn"], "within": 2}, "'within' does not go with order"),
        ({"of": "acuracy", "order": ["with_bn", "without_bn"]}, "did you mean 'accuracy'"),
    ],
)
def test_a_claim_that_cannot_be_tested_is_refused_with_its_place(stated, message):
    with pytest.raises(AblateError, match=message):
        of("vgg_bn", **stated)


def test_the_only_row_of_a_study_is_the_best_of_none():
    config = copy.deepcopy(CONFIG)
    config["studies"]["alone"] = {
        "title": "Alone",
        "recipe": "resnet34",
        "rows": {"it": {}},
        "claims": {"one": {"says": "So it is.", "best": "it"}},
    }
    with pytest.raises(
        AblateError, match=r"^studies\.alone\.claims\.one\.best: alone has no other"
    ):
        Products(Plan(config))


def test_a_name_that_a_claim_of_another_study_has_is_refused():
    config = copy.deepcopy(CONFIG)
    for study, order in (("weight_decay", ["1e-4", "1e-2"]), ("vgg_bn", ["with_bn", "without_bn"])):
        config["studies"][study]["claims"] = {"one": {"says": "So it is.", "order": order}}
    plan = Plan(config)
    message = (
        r"^studies\.vgg_bn\.claims\.one: studies\.weight_decay\.claims\.one has the same name, by "
        "which verdicts are found; rename one of them$"
    )
    with pytest.raises(AblateError, match=message):
        Products(plan)


@pytest.mark.parametrize(
    ("study", "claim", "places"),
    [
        ("stem", "stem-stride", {("studies", "stem")}),
        ("vgg_bn", "bn-loss-lower", {("families", "vgg_a"), ("families", "vgg_a_bn")}),
        ("improved", "improved-gain", {("studies", "improved"), ("studies", "stem")}),
        (
            "weight_decay",
            "decay-weights",
            {("studies", "weight_decay"), ("figures", "weight_distribution")},
        ),
    ],
)
def test_where_the_seeds_of_a_claim_are_asked_for(study, claim, places):
    plan = Plan(CONFIG)
    assert claims.PlannedClaim(plan, plan.studies[study], claim).asked_in == places
