from pathlib import Path

from ablate.planning import work
from ablate.planning.plan import Plan
from ablate.settings import written

REPORT = Plan(written.read(str(Path(__file__).parents[3] / "config.yaml")))


def test_the_longest_trainings_come_first():
    found = work.priorities(REPORT)
    assert set(found) == set(REPORT.runs)
    assert 0 < min(found.values()) <= max(found.values()) < 1
    ordered = sorted(found, key=found.get, reverse=True)
    epochs = [REPORT.runs[name].run.epochs or 0 for name in ordered]
    assert epochs[0] == max(epochs)
    of_width = {
        planned.run.model.width: found[name]
        for name, planned in REPORT.runs.items()
        if planned.run.epochs == 50
    }
    assert of_width[1.0] == 4 * of_width[0.5]


def test_the_demo_trains_on_the_cpu_unless_told_otherwise():
    demo = written.read(str(Path(__file__).parents[3] / "config.yaml")) | {"preset": "demo"}
    assert Plan(demo).device == "cpu"
    assert Plan(demo | {"device": "cuda"}).device == "cuda"
    assert REPORT.device == "auto"
    assert REPORT.awaits_gpu
    report = written.read(str(Path(__file__).parents[3] / "config.yaml"))
    assert not Plan(report | {"device": "cpu"}).awaits_gpu
