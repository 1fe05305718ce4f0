"""Networks are tried on the images before anything trains, where one might not take them."""

import json

import pytest
import small_results
from asking import asked

from ablate.building.agenda import Agenda
from ablate.errors import AblateError
from ablate.planning import requests
from ablate.settings import own
from ablate.steps import networks as step

FILE = """
import torch
from torch import nn

def looks(classes: int):
    width = int(torch.tensor(4.0).item())  # no value on meta tensors
    return nn.Sequential(nn.Conv2d(3, width, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                         nn.Linear(width, classes))

def tall(classes: int):
    return nn.Sequential(nn.Conv2d(3, 4, 48), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                         nn.Linear(4, classes))

class Wrong(nn.Module):
    def __init__(self, classes: int):
        super().__init__()
        self.only = nn.Conv2d(3, 7, 8)
    def forward(self, images):
        return self.only(images).mean((2, 3))
"""


@pytest.fixture
def results(tmp_path, monkeypatch):
    """A folder of results with packed images, 32x32 of ten classes, in the folder of a build."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "extensions").mkdir()
    (tmp_path / "extensions" / "mine.py").write_text(FILE)
    # As if written before this process, which a job's proof asks for.
    monkeypatch.setattr("ablate.planning.proof.changed_at", lambda path: 0.0)
    small_results.write_data(tmp_path / "results")
    yield tmp_path / "results"
    own.use(None)


def agenda(*models, augmentation=None, **changes) -> Agenda:
    rows = {f"row{i}": {"set": {"model": {"name": name}}} for i, name in enumerate(models)}
    recipe = {"model": {"name": "resnet18"}, "augmentation": augmentation or {}}
    study = {"title": "Networks", "recipe": "resnet", "rows": {"resnet": {}, **rows}}
    return Agenda(
        {
            "presets": {"paper": {}},
            "recipes": {"resnet": recipe},
            "studies": {"own": study},
            "data": {"source": "synthetic"},
            **changes,
        }
    )


def training(asked_for: Agenda) -> str:
    return asked_for.products.of_kind("runs")[0]


def test_ours_need_no_trial_at_the_size_they_are_for(results):
    tried = "results/data/networks.json"
    assert tried not in agenda().inputs(training(agenda()))
    for other in (agenda("mine.tall"), agenda("alexnet"), agenda(data={"source": "mnist"})):
        assert other.inputs(training(other))[tried]
        assert "networks" not in list(other.products.names())
    smaller = agenda(augmentation={"RandomCrop": {"size": 16}})
    assert tried in smaller.inputs(training(smaller))


def tried(asked_for: Agenda) -> dict[str, int]:
    """The networks' parameters by name, as the job finds them."""
    product = asked_for.products["networks"]
    request = requests.of(product, asked_for.results)
    step.step(request)
    found = json.loads(product.outputs[0].read_text())
    return {network["model"]["name"]: network["parameters"] for network in found}


def test_each_network_is_tried_once_and_what_it_comes_to_is_kept(results):
    found = tried(agenda("mine.looks", "mobilenet_v3_small", "regnet_y_400mf"))
    assert [*found] == ["mine.looks", "mobilenet_v3_small", "regnet_y_400mf"]
    assert found["mine.looks"] == 4 * 27 + 4 + 50


def test_all_that_cannot_take_the_images_are_named_with_their_rows(results):
    with pytest.raises(AblateError) as caught:
        tried(agenda("alexnet", "mine.tall", "mine.Wrong", "mine.looks"))
    said = str(caught.value)
    assert "studies.own.rows.row0: model: it cannot take an image of 32x32: " in said
    assert "studies.own.rows.row1: model: it cannot take an image of 32x32: " in said
    assert "studies.own.rows.row2: mine.Wrong returns [1, 7] for 1 images of 10 classes" in said
    assert "row3" not in said
    assert "The images of noise are 32x32. Nothing was trained" in said
    assert not (results / "data/networks.json").exists()


def test_crops_are_tried_too(results):
    with pytest.raises(AblateError, match="cannot take an image of 8x8"):
        tried(agenda("densenet121", "mine.tall", augmentation={"RandomCrop": {"size": 8}}))


def test_a_partial_report_trains_the_others(results):
    assert [*tried(agenda("alexnet", "mobilenet_v3_small", partial=True))] == ["mobilenet_v3_small"]


def test_the_file_is_asked_for_anew_where_images_or_networks_change(results):
    first = agenda("mine.looks")
    product = first.products["networks"]
    assert first.staleness.due("networks")
    command = asked(
        product.request,
        *(first.results.root, product.outputs, product.inputs, product.record),
        [product.step, *product.chosen],
        extensions=own.folder(),
    )
    assert step.main(command) == 0
    assert not agenda("mine.looks").staleness.due("networks")
    assert agenda("mine.looks", "mine.tall").staleness.due("networks")
    small_results.write_data(results, seed=1)
    assert agenda("mine.looks").staleness.due("networks")


def test_to_a_finished_run_they_are_no_news_whatever_is_forced(results, monkeypatch):
    # Tried later than the run, for another row's sake, their file is newer.
    asked_for = agenda("mine.looks")
    run = training(asked_for)
    monkeypatch.setattr(asked_for.staleness, "due", lambda name: name != run)
    assert not any(asked_for.inputs(run, forced=True).values())


PARTS = """
import torch

def per_image(outputs, labels):
    return torch.nn.functional.cross_entropy(outputs, labels, reduction="none")

def fixed(outputs, labels):
    return torch.zeros(())

def number(outputs, labels):
    return 1.0

def three(outputs, labels):
    return (outputs - torch.nn.functional.one_hot(labels, 3)).square().mean()

def focal(outputs, labels, gamma: float = 2.0):
    p = outputs.log_softmax(1).gather(1, labels[:, None])
    return (-(1 - p.exp()) ** gamma * p).mean()

class Signs(torch.optim.Optimizer):
    def __init__(self, params, lr: float = 0.01):
        super().__init__(params, {"lr": lr})
    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                p -= group["lr"] * p.grad.sign()

class Closed(Signs):
    def step(self, closure):
        closure()

class Misspelt(Signs):
    def step(self):
        for group in self.param_groups:
            group["rate"]

class Stuck(torch.optim.lr_scheduler.LRScheduler):
    def get_lr(self):
        return [rate / 0 for rate in self.base_lrs]

def turned(images):
    return images[..., 0]
"""


def with_parts(results, **rows) -> Agenda:
    """A study of rows that each set parts of their own, of networks that need no trial."""
    (results.parent / "extensions" / "parts.py").write_text(PARTS)
    settings = {name: {"set": setting} for name, setting in rows.items()}
    study = {"title": "Parts", "recipe": "resnet", "rows": {"resnet": {}, **settings}}
    return agenda(studies={"own": study})


def test_a_step_with_own_code_is_tried_once_whatever_the_network(results):
    assert not agenda().inputs(training(agenda())).get("results/data/networks.json")
    signs = {"name": "parts.Signs", "lr": 0.1}
    asked_for = with_parts(
        results,
        loss={"loss": {"name": "parts.focal", "gamma": 1.5}},
        both={"loss": {"name": "parts.focal"}, "optimizer": signs},
        wide={"loss": {"name": "parts.focal"}, "optimizer": signs, "model.width": 0.5},
    )
    assert asked_for.inputs(training(asked_for))["results/data/networks.json"]
    product = asked_for.products["networks"]
    places = [step["place"] for step in product.request["steps"]]
    assert places == ["studies.own.rows.loss", "studies.own.rows.both"]
    assert "ablate_extensions.parts" in product.chosen
    assert tried(asked_for) == {}


def test_what_would_fail_in_the_first_step_is_told_before_it_with_its_row(results):
    asked_for = with_parts(
        results,
        per_image={"loss": {"name": "parts.per_image"}},
        fixed={"loss": {"name": "parts.fixed"}},
        number={"loss": {"name": "parts.number"}},
        three={"loss": {"name": "parts.three"}},
        closed={"optimizer": {"name": "parts.Closed", "lr": 0.1}},
        misspelt={"optimizer": {"name": "parts.Misspelt", "lr": 0.1}},
        stuck={"schedule": {"name": "parts.Stuck"}},
        turned={"augmentation": {"parts.turned": {}}},
        good={"loss": {"name": "parts.focal"}},
    )
    with pytest.raises(AblateError) as caught:
        tried(asked_for)
    *faults, last = str(caught.value).splitlines()
    said = dict(fault.removeprefix("studies.own.rows.").split(": ", 1) for fault in faults)
    needed = "for outputs [8, 10] and labels [8]; one float32 number that follows from the outputs"
    assert said.pop("per_image").startswith(f"loss: parts.per_image gives float32 [8] {needed}")
    assert "gives a number without a gradient for outputs" in said.pop("fixed")
    assert "loss: parts.number gives float for outputs" in said.pop("number")
    fails = "a step of training with parts.{} fails: "
    assert said.pop("three").startswith(fails.format("three") + "parts.py, line 14: RuntimeError: ")
    assert said.pop("closed").startswith(fails.format("Closed") + "TypeError: ")
    assert said.pop("misspelt") == fails.format("Misspelt") + "parts.py, line 36: KeyError: 'rate'"
    assert "parts.py, line 40: ZeroDivisionError" in said.pop("stuck")
    assert said.pop("turned").startswith(fails.format("turned") + "RuntimeError: ")
    assert (said, last) == ({}, "Nothing was trained.")
    assert not (results / "data/networks.json").exists()
