"""Every mistake in a config gets one message: where, what was found, what is allowed."""

import copy
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from ablate import models
from ablate.errors import AblateError
from ablate.planning.plan import Plan
from ablate.planning.products import Products
from ablate.settings import Run
from ablate.settings.limits import LIMITS
from ablate.settings.named import vocabulary

CONFIG = yaml.safe_load("""
preset: full
data: {source: synthetic, train: 501, test: 100}
presets: {full: {}, half: {width: 0.5, epochs: {factor: 0.5}}}
recipes:
  resnet: {model: {name: resnet18}, batch_size: 50}
  narrow: {recipe: resnet, set: {model.width: 0.5}}
  vgg: {model: {name: vgg_a}, schedule: null, batch_size: 50}
studies:
  activation:
    title: Activations
    recipe: resnet
    rows: {relu: {control: true}, elu: {set: {model.activation: ELU}}}
  rates:
    title: Rates
    recipe: vgg
    rows: {plain: {}, bn: {set: {model.batch_norm: true, batch_size: 30}}}
    grid: {optimizer.lr: {low: 0.01, high: 0.1}}
    observers: [loss]
families:
  plain: {label: Plain, recipe: vgg, over: {optimizer.lr: [0.01, 0.1]}, observers: [loss]}
figures:
  curves: {title: Curves, runs: {ELU: activation/elu}, best_of: activation}
  loss_band: {title: Bands, families: [plain]}
  cost: {title: Cost, tables: [summary]}
winners:
  groups: {structure: {activation: {study: activation, reported: elu}}}
""")
MISTAKES = yaml.safe_load(Path(__file__).with_name("bad_settings.yaml").read_text())
SET = "studies/activation/rows/elu/set"


def changed(changes: dict[str, Any]) -> dict[str, Any]:
    """The config with some places changed, written a/b/c."""
    config = copy.deepcopy(CONFIG)
    for path, value in changes.items():
        *parents, last = _keys(path.replace("SET", SET), config)
        inner = config
        for parent in parents:
            inner = inner[parent]
        inner[last] = value
    return config


def _keys(path: str, config: dict[str, Any]) -> list[str]:
    """The keys of a path, whose last one may hold slashes itself."""
    first, slash, rest = path.partition("/")
    if slash and isinstance(config.get(first), dict):
        return [first, *_keys(rest, config[first])]
    return [path]


def test_the_config_itself_is_right():
    studies = Products(Plan(CONFIG)).plan.studies
    assert {name: len(study.rows) for name, study in studies.items()} == {
        "activation": 2,
        "rates": 4,
    }


@pytest.mark.parametrize("mistake", MISTAKES, ids=[mistake["says"][:70] for mistake in MISTAKES])
def test_a_mistake_gets_one_message(mistake):
    changes = {place: value for place, value in mistake.items() if place != "says"}
    with pytest.raises(AblateError) as caught:
        Products(Plan(changed(changes)))
    message = str(caught.value)
    says = mistake["says"].replace("SET", SET.replace("/", "."))
    says = says.replace("FOLDER", str(Path("extensions").absolute()))
    assert message[: len(says)] == says
    assert len(message.splitlines()) == 1


@pytest.mark.parametrize(
    "recipe",
    [
        {},
        {"epochs": 3},
        {"model": {"width": 0.5}, "optimizer": {"name": "Adam"}, "schedule": "StepLR"},
        {"model": {"name": "resnet18", "dropout": 0.1}},
        {"model": {"name": "vgg_a"}, "steps": 100},
        {"optimizer": {"name": "SGD", "lr": 0.1, "nesterov": True}},
        {"augmentation": {"RandomCrop": {"padding": 4}, "MixUp": {}, "CutMix": {}}},
    ],
)
def test_a_recipe_may_leave_to_its_rows_what_it_lacks(recipe):
    assert "spare" in Plan(changed({"recipes/spare": recipe})).config.recipes


def test_the_rows_of_a_grid_are_offered_once_as_a_control():
    grid = {"studies/rates/grid": {"optimizer.lr": [0.1, 0.2]}, "studies/rates/rows": {}}
    with pytest.raises(AblateError, match=r"unknown row 'low'; allowed: lr=0\.1, lr=0\.2$"):
        Plan(changed({**grid, "studies/rates/control": "low"}))


def test_more_values_than_any_config_has_are_refused():
    many = ["x"] * 400
    with pytest.raises(AblateError, match="figures: more than 100,000 values"):
        Plan(changed({"figures/cost/options": {"a": [many] * 400}}))


def test_nesting_without_end_is_refused():
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(AblateError, match="figures: nested deeper than 30 levels"):
        Plan(changed({"figures/cost/options": {"a": endless}}))


def test_two_settings_of_one_name_are_refused(monkeypatch):
    monkeypatch.setattr(Run, "name", "resnet18-12345678")
    with pytest.raises(AblateError, match=r"rows\.elu: two different runs have the name resnet18"):
        Plan(CONFIG)


REFUSED = {
    "CELU": {"alpha": 0},
    "GELU": {"approximate": "exact"},
    "Hardtanh": {"min_val": 1, "max_val": -1},
    "RReLU": {"lower": 0.5, "upper": 0.1},
    "Softshrink": {"lambd": -1},
    "Adam": {"betas": [0.9, 1.0]},
    "AdamW": {"betas": [1.0, 0.9]},
    "Adamax": {"betas": [0.9, 1.0]},
    "NAdam": {"betas": [0.9, 1.0]},
    "RAdam": {"betas": [0.9, 1.0]},
    "Adadelta": {"rho": 1.5},
    "Rprop": {"etas": [1.5, 1.2]},
    "SGD": {"nesterov": True},
    "CrossEntropyLoss": {"label_smoothing": 1.5},
    "MultiMarginLoss": {"p": 3},
    "OneCycleLR": {"max_lr": 0.1, "pct_start": 2.0},
    "ConstantLR": {"factor": 2.0},
    "LinearLR": {"start_factor": 0.0},
}


@pytest.mark.parametrize("name", [name for name in LIMITS if name != "MultiStepLR"])
def test_what_is_refused_for_torch_torch_refuses(name):
    kind = next(kind for kind, known in vocabulary().items() if name in known)
    limits, arguments = LIMITS[name], REFUSED[name]
    known = vocabulary()[kind][name].items()
    defaults = {argument: entry["default"] for argument, entry in known if "default" in entry}
    assert all(holds(defaults) for _, holds in limits)
    assert not all(holds({**defaults, **arguments}) for _, holds in limits)
    with pytest.raises((ValueError, RuntimeError, AssertionError)):
        use(kind, name, arguments)


def use(kind: str, name: str, arguments: dict[str, Any]) -> None:
    """Have torch make something of its class with these arguments."""
    if kind == "activation":
        getattr(torch.nn, name)(**arguments)(torch.ones(2))
    elif kind == "optimizer":
        getattr(torch.optim, name)([torch.nn.Parameter(torch.ones(2))], **arguments)
    elif kind == "loss":
        getattr(torch.nn, name)(**arguments)(torch.ones(2, 3), torch.ones(2, dtype=torch.long))
    else:
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(2))], lr=0.1)
        own = {"total_steps": 9} if name == "OneCycleLR" else {}
        getattr(torch.optim.lr_scheduler, name)(optimizer, **arguments, **own)


@pytest.mark.parametrize(
    ("model", "side"),
    [
        ({"name": "resnet18"}, 32),
        ({"name": "resnet18", "stem_stride": 2}, 32),
        ({"name": "resnet18", "stem_stride": 2}, 33),
        ({"name": "resnet18", "stem_stride": 2, "max_pool": False}, 32),
        ({"name": "resnet18", "hidden": 3}, 32),
        ({"name": "vgg_a"}, 32),
        ({"name": "vgg_a", "batch_norm": True}, 32),
    ],
)
def test_one_image_is_refused_exactly_where_torch_cannot_normalise_it(model, side):
    run = Run.model_validate({"model": {**model, "width": 0.02}})
    network = models.build(run.model, 10).train()
    if run.last_batch_needs_two(side):
        with pytest.raises(ValueError, match="more than 1 value per channel"):
            network(torch.ones(1, 3, side, side))
    else:
        assert network(torch.ones(1, 3, side, side)).shape == (1, 10)
