"""How `ablate reproduce` trains its slice."""

import os
from types import SimpleNamespace

from ablate.commands import reproduce
from ablate.paths import Results, TrainingId


def test_it_trains_on_every_core_also_where_python_tells_no_affinity(monkeypatch, tmp_path):
    monkeypatch.delattr(os, "sched_getaffinity")
    asked = []

    def run(command, check):
        asked.extend(command)
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(reproduce.subprocess, "run", run)
    reproduce._train(SimpleNamespace(results=Results(tmp_path)), [TrainingId("one", 0)])
    assert asked[asked.index("--cores") + 1] == "all"
    assert asked[-1].endswith("runs/one/seed0/metrics.json")
