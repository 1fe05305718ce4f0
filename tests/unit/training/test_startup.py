"""What a training job loads: its start is a good part of a small run's time."""

import subprocess
import sys
from pathlib import Path

import pytest
from tiny_training import SGD, VGG, arguments, request, settings

WORKFLOW = Path(__file__).parents[3] / "workflow"
# Each takes as long to load as torch, or a good part of it; none is of use here.
HEAVY = ("torch._dynamo", "torchvision", "triton", "sympy", "pandas", "matplotlib")


@pytest.mark.parametrize("model", [VGG, {"name": "resnet18", "width": 0.03125}])
def test_a_job_loads_nothing_heavy_but_torch(tmp_path, model):
    run = settings(model=model, optimizer=SGD, schedule={"name": "StepLR", "step_size": 1})
    code = (
        "import sys\n"
        "from ablate.steps import train\n"
        "assert train.main(sys.argv[1:]) == 0\n"
        f"print([name for name in {HEAVY} if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments(tmp_path, request(run))],
        cwd=WORKFLOW,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_job_on_a_card_loads_no_compiler_to_choose_its_kernels():
    code = (
        "import sys, torch\n"
        "from ablate.training.device import Device, choose_kernels\n"
        "choose_kernels(False, Device(torch.device('cuda', 0), 'a card'))\n"
        f"print([name for name in {HEAVY} if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=WORKFLOW, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
