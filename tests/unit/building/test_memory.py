import re
from pathlib import Path

from ablate.building import memory
from ablate.planning.plan import Plan
from ablate.settings import Run, written
from ablate.settings.data import Cifar10, Synthetic

ROOT = Path(__file__).parents[3]


def asked(data=None, on_gpu=False, batch_size=128, **model):
    run = Run.model_validate({"model": {"name": "resnet34", **model}, "batch_size": batch_size})
    return memory.needed_mb(run, data or Cifar10(), on_gpu)


def test_a_run_of_the_demo_asks_for_a_gigabyte_and_full_scale_for_a_few():
    demo = Synthetic(source="synthetic", train=512, test=200, seed=0)
    assert asked(demo, batch_size=32, width=0.125) == 1000
    assert 2000 <= asked() <= 4000


def test_it_grows_with_batch_width_and_images_and_the_steps_of_a_gpu_take_none_of_it():
    assert asked(batch_size=1024) > asked() + 3000
    assert asked(width=2) > asked() + 2000
    large = Synthetic(source="synthetic", train=50_000, test=10_000, seed=0, size=96)
    assert asked(large) > asked() + 3000
    assert asked(on_gpu=True, batch_size=1024) == asked(on_gpu=True)


def test_the_page_says_what_the_report_asks_for_at_full_scale_with_a_gpu(tmp_path):
    plan = Plan(written.read(ROOT / "config.yaml") | {"results": str(tmp_path)})
    asked = {memory.needed_mb(each.run, plan.data, True) / 1000 for each in plan.runs.values()}
    page = " ".join((ROOT / "docs/cluster.md").read_text().split())
    said = re.search(r"at full scale (\S+) to (\S+) GB with a GPU, (\S+) GB for the one", page)
    assert sorted(asked) == [float(number) for number in said.groups()]
