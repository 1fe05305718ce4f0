"""Narrow strided 1x1 convolutions get the gradients they should, on a CPU, in channels_last."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

WORKFLOW = Path(__file__).parents[3] / "workflow"

# In a process of its own: where the kernel is wrong it may kill the process it runs in.
COMPARED = """
import sys, torch
from torch import nn
from ablate.models.strided import slice_narrow
channels = int(sys.argv[1])
torch.manual_seed(0)
layer = slice_narrow(nn.Sequential(nn.Conv2d(channels, 2 * channels, 1, 2, bias=False)))
exact = nn.Conv2d(channels, 2 * channels, 1, 2, bias=False).double()
exact.weight.data = layer[0].weight.data.double()
images, gradient = torch.randn(32, channels, 16, 16), torch.randn(32, 2 * channels, 8, 8)
asked = images.double().requires_grad_()
exact(asked).backward(gradient.double())
layer = layer.to(memory_format=torch.channels_last)
given = images.contiguous(memory_format=torch.channels_last).requires_grad_()
for _ in range(20):
    layer.zero_grad()
    given.grad = None
    layer(given).backward(gradient)
torch.testing.assert_close(layer[0].weight.grad.double(), exact.weight.grad, rtol=1e-4, atol=1e-3)
torch.testing.assert_close(given.grad.double(), asked.grad, rtol=1e-4, atol=1e-4)
print("equal")
"""


@pytest.mark.parametrize("channels", [1, 4, 8, 15, 16, 17])
def test_weight_gradients_are_right_however_few_the_channels(channels):
    done = subprocess.run(
        [sys.executable, "-c", COMPARED, str(channels)],
        env={**os.environ, "PYTHONPATH": str(WORKFLOW), "MALLOC_CHECK_": "3"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "equal\n", done.stderr[-2000:]
