"""The gradients observer against plain autograd in float64."""

import numpy as np
import pytest
import torch
from torch import nn

from ablate import models
from ablate.observers import Moment, build_observers
from ablate.settings import VGG
from ablate.settings.observers import Observers

# Tests in parallel would otherwise fight for the cores.
torch.set_num_threads(1)

STEPS = 9


@pytest.fixture(scope="module")
def seen():
    """An observed float64 training, and its last layer's gradients by plain autograd."""
    torch.manual_seed(1)
    network = models.build(VGG(name="vgg_a", width=0.05), 10).double()
    images = torch.randn(STEPS, 4, 3, 32, 32, dtype=torch.float64)
    labels = torch.randint(10, (STEPS, 4))
    [observer] = build_observers([{"name": "gradients", "every": 4}], STEPS, network, "cpu")
    expected = []
    for step in range(STEPS):
        loss = nn.functional.cross_entropy(network(images[step]), labels[step])
        weights = list(network.parameters())
        gradients = torch.autograd.grad(loss, weights)
        expected.append(gradients[-2].numpy().copy())
        for weight, gradient in zip(weights, gradients, strict=True):
            weight.grad = gradient
        observer.observe(
            Moment(step + 1, loss, images[step], labels[step], labels[step], network, 0.5, None)
        )
        with torch.no_grad():
            for weight in weights:
                weight -= 0.5 * weight.grad
    return observer.series(), np.stack(expected)


def test_differences_are_norms_between_successive_steps(seen):
    series, gradients = seen
    difference = series["gradient_difference"]
    assert difference.dtype == np.float32
    assert np.isnan(difference[0])
    expected = np.sqrt(((gradients[1:] - gradients[:-1]) ** 2).sum((1, 2)))
    np.testing.assert_allclose(difference[1:], expected, rtol=1e-6)


def test_gradients_are_kept_at_every_fourth_step_of_nine(seen):
    series, gradients = seen
    assert series["gradient_steps"].tolist() == [4, 8]
    assert series["gradients"].shape == (2, *gradients.shape[1:])
    np.testing.assert_allclose(series["gradients"], gradients[[3, 7]], rtol=1e-6)


@pytest.mark.parametrize("name", ["loss", "gradients"])
def test_a_graph_can_record_it(name):
    """On the meta device there are no values: whatever the host would read raises."""
    with torch.device("meta"):
        network = models.build(VGG(name="vgg_a", width=0.05), 10)
        loss = network(torch.empty(2, 3, 32, 32)).sum()
    loss.backward()
    [observer] = build_observers(Observers().asked([name]), STEPS, network, "meta")
    assert not observer.needs_host
    observer.observe(Moment(1, loss.detach(), None, None, None, network, 0.5, None))
