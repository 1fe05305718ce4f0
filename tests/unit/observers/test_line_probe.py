"""The line probe against closed forms, and its promise to leave no trace."""

import numpy as np
import pytest
import torch
from torch import nn

from ablate.observers import Moment, build_observers

# Tests in parallel would otherwise fight for the cores.
torch.set_num_threads(1)

H = torch.diag(torch.tensor([1.0, 2.0, 5.0, 0.1], dtype=torch.float64))
H[0, 1] = H[1, 0] = 0.5
LR = 0.2


class Point(nn.Module):
    """A network that is its own weights, in two parameters."""

    def __init__(self):
        super().__init__()
        self.first = nn.Parameter(torch.tensor([1.0, -2.0], dtype=torch.float64))
        self.second = nn.Parameter(torch.tensor([0.5, 3.0], dtype=torch.float64))
        self.unused = nn.Parameter(torch.ones(3))

    def forward(self, inputs):
        return torch.cat([self.first, self.second])


def quadratic(x, labels):
    return 0.5 * x @ H @ x


def probed(model, criterion, inputs=None, labels=None, lr=LR, device="cpu"):
    [observer] = build_observers([{"name": "line_probe", "every": 1}], 1, model, device)
    loss = criterion(model(inputs), labels)
    loss.backward()
    observer.observe(Moment(1, loss.detach(), inputs, labels, labels, model, lr, criterion))
    return observer.series()


def test_a_quadratic_has_its_closed_form():
    """With L = x'Hx/2: L(x(eta)) = L - eta g'g + eta^2 g'Hg/2, grad L(x(eta)) - g = -eta H g."""
    model = Point()
    x = model(None).detach()
    g = H @ x
    series = probed(model, quadratic)
    eta = series["probe_eta"][0]
    loss = quadratic(x, None).item() - eta * (g @ g).item() + eta**2 * (g @ H @ g).item() / 2
    np.testing.assert_allclose(series["probe_loss"][0], loss, rtol=1e-12)
    np.testing.assert_allclose(
        series["probe_gradient_difference"][0], eta * (H @ g).norm().item(), rtol=1e-12
    )
    np.testing.assert_allclose(series["probe_gradient_norm"], [g.norm().item()], rtol=1e-12)


def test_beta_of_a_quadratic_is_its_curvature_along_the_gradient():
    model = Point()
    g = H @ model(None).detach()
    series = probed(model, quadratic)
    beta = series["probe_gradient_difference"] / (
        series["probe_eta"] * series["probe_gradient_norm"][:, None]
    )
    np.testing.assert_allclose(beta, ((H @ g).norm() / g.norm()).item(), rtol=1e-12)


def test_eta_runs_from_half_to_four_times_the_step_evenly_in_logarithm():
    eta = probed(Point(), quadratic, lr=0.3)["probe_eta"][0]
    assert len(eta) == 8
    assert eta[0] == pytest.approx(0.15)
    assert eta[-1] == pytest.approx(1.2)
    np.testing.assert_allclose(eta[1:] / eta[:-1], 8 ** (1 / 7))


def small(*extra):
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), *extra)


def batch():
    torch.manual_seed(2)
    return torch.randn(6, 3, 8, 8), torch.randint(10, (6,))


def test_batch_norm_is_probed_in_training_mode():
    """At each eta the loss is that of a network moved there and left in training mode."""
    inputs, labels = batch()
    model, moved = small(nn.Linear(144, 10)), small(nn.Linear(144, 10))
    series = probed(model, nn.functional.cross_entropy, inputs, labels)
    for eta, seen in zip(series["probe_eta"][0], series["probe_loss"][0], strict=True):
        with torch.no_grad():
            for there, here in zip(moved.parameters(), model.parameters(), strict=True):
                there.copy_(here - eta * here.grad)
        expected = nn.functional.cross_entropy(moved.train()(inputs), labels).item()
        assert seen == pytest.approx(expected, rel=1e-5)


def test_nothing_of_the_training_moves():
    inputs, labels = batch()
    model = small(nn.Dropout(0.5), nn.Linear(144, 10))
    criterion = nn.functional.cross_entropy
    optimizer = torch.optim.SGD(model.parameters(), lr=LR, momentum=0.9)
    [observer] = build_observers([{"name": "line_probe", "every": 1}], 2, model, "cpu")
    for step in (1, 2):
        optimizer.zero_grad()
        loss = criterion(model(inputs), labels)
        loss.backward()
        tensors = [*model.state_dict().values(), *(p.grad for p in model.parameters())]
        before = [tensor.clone() for tensor in [*tensors, torch.get_rng_state()]]
        observer.observe(Moment(step, loss.detach(), inputs, labels, labels, model, LR, criterion))
        after = [*model.state_dict().values(), *(p.grad for p in model.parameters())]
        assert [tensor.data_ptr() for tensor in after] == [tensor.data_ptr() for tensor in tensors]
        assert all(
            torch.equal(a, b) for a, b in zip(before, [*after, torch.get_rng_state()], strict=True)
        )
        assert model.training
        optimizer.step()


def test_dropouts_noise_is_no_curvature():
    """A vanishing step leaves the gradient where it was, although dropout draws anew."""
    inputs, labels = batch()
    model = small(nn.Dropout(0.5), nn.Linear(144, 10))
    series = probed(model, nn.functional.cross_entropy, inputs, labels, lr=1e-6)
    assert np.all(series["probe_gradient_difference"] < 1e-3 * series["probe_gradient_norm"])
    assert np.ptp(series["probe_loss"]) < 1e-4


def test_works_where_gradients_are_off():
    with torch.no_grad():
        [observer] = build_observers(
            [{"name": "line_probe", "every": 1}], 1, model := Point(), "cpu"
        )
    with torch.enable_grad():
        quadratic(model(None), None).backward()
    with torch.no_grad():
        observer.observe(Moment(1, torch.zeros(()), None, None, None, model, LR, quadratic))
    assert len(observer.series()["probe_steps"]) == 1


def test_the_call_and_an_ordinary_step_are_timed(monkeypatch):
    """A clock that counts its readings: a probe takes 1, and so does the step before it."""
    readings = iter(range(100))
    monkeypatch.setattr("ablate.observers.line_probe.time.perf_counter", lambda: next(readings))
    model = Point()
    [observer] = build_observers([{"name": "line_probe", "every": 3}], 7, model, "cpu")
    for step in range(1, 8):
        quadratic(model(None), None).backward()
        observer.observe(Moment(step, torch.zeros(()), None, None, None, model, LR, quadratic))
    series = observer.series()
    assert series["probe_steps"].tolist() == [3, 6]
    assert series["probe_seconds"] == 1
    assert series["step_seconds"] == 1
    assert next(readings) == 6
