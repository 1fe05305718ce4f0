"""Measures by name, read from the files that training leaves, and their statistics."""

import numpy as np
import pytest
from fake_runs import vouch, write_series

from ablate.errors import AblateError
from ablate.measures import measure
from ablate.measures.stepped import Band, Curve
from ablate.paths import Results
from ablate.requests.runs import ShownRun


def write(results, run, seed, **series):
    write_series(Results(results).run(run, seed), **series)


def member(run, *seeds):
    return ShownRun(run=run, seeds=seeds)


def test_one_measure_a_seed_that_all_members_have(tmp_path):
    for seed, scale in ((0, 1.0), (1, 10.0)):
        write(tmp_path, "slow", seed, loss=scale * np.array([2.0, 1.0]))
        write(tmp_path, "fast", seed, loss=scale * np.array([3.0, 0.5]))
    members = [member("slow", 1, 0), member("fast", 0, 1, 2)]
    first, second = measure.per_seed(Results(tmp_path), members, "loss_band")
    assert (first.low.tolist(), first.high.tolist()) == ([2, 0.5], [3, 1])
    assert second.high.tolist() == [30, 10]


def test_members_without_a_common_seed_are_refused():
    with pytest.raises(AblateError, match=r"a: \[0\]; b: \[1\]"):
        measure.common_seeds([member("a", 0), member("b", 1)])


def test_a_series_that_was_not_recorded_is_named(tmp_path):
    write(tmp_path, "run", 0, loss=np.zeros(3))
    assert measure.recorded(Results(tmp_path), [member("run", 0)], "loss_band")
    assert not measure.recorded(Results(tmp_path), [member("run", 0)], "beta_b")
    with pytest.raises(
        AblateError, match=r"no series gradient_steps, gradients, only loss.*observers"
    ):
        measure.per_seed(Results(tmp_path), [member("run", 0)], "beta_b")


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 cut short"])
def test_a_file_that_is_missing_or_cut_short_is_named_with_the_way_out(tmp_path, content):
    folder = Results(tmp_path).run("run", 0)
    write_series(folder, loss=np.zeros(3))
    if content is None:
        (folder / "steps.npz").unlink()
    else:
        (folder / "steps.npz").write_bytes(content)
    said = r"steps\.npz (does not exist|has been edited or cut short).*rain this run alone anew"
    for look in (measure.per_seed, measure.recorded):
        with pytest.raises(AblateError, match=said):
            look(Results(tmp_path), [member("run", 0)], "loss_band")


def test_a_file_that_is_none_is_named_even_where_its_record_vouches_for_it(tmp_path):
    folder = Results(tmp_path).run("run", 0)
    write_series(folder, loss=np.zeros(3))
    (folder / "steps.npz").write_bytes(b"PK\x03\x04 cut short")
    vouch(folder)
    for look in (measure.per_seed, measure.recorded):
        with pytest.raises(
            AblateError, match=r"steps\.npz cannot be read.*train this run alone anew: snakemake"
        ):
            look(Results(tmp_path), [member("run", 0)], "loss_band")


def test_every_measure_reads_what_the_observers_write(tmp_path):
    """The observers' own names and shapes, from a real training of a few steps."""
    torch = pytest.importorskip("torch")
    from ablate.observers import Moment, build_observers

    layer = torch.nn.Linear(4, 10)
    asked = [
        {"name": "loss"},
        {"name": "gradients", "every": 2},
        {"name": "line_probe", "every": 3},
    ]
    observers = build_observers(asked, 6, layer, "cpu")
    for step in range(1, 7):
        inputs, labels = torch.randn(8, 4), torch.randint(10, (8,))
        layer.zero_grad()
        loss = torch.nn.functional.cross_entropy(layer(inputs), labels)
        loss.backward()
        moment = Moment(
            step,
            loss.detach(),
            inputs,
            labels,
            labels,
            layer,
            0.1,
            torch.nn.functional.cross_entropy,
        )
        for observer in observers:
            observer.observe(moment)
    write(tmp_path, "run", 0, **{k: v for o in observers for k, v in o.series().items()})
    lengths = {}
    for name in measure.MEASURES:
        [measured] = measure.per_seed(Results(tmp_path), [member("run", 0)], name)
        lengths[name] = len(measured.steps)
        assert name == "beta_b" or measure.statistics(measured)["mean"] > 0
    assert lengths == {
        "loss_band": 6,
        "gradient_predictiveness": 5,
        "beta_a": 5,
        "beta_b": 3,
        "loss_range": 2,
        "gradient_range": 2,
        "beta": 2,
    }


def test_halves_are_halves_of_the_steps():
    curve = Curve(np.arange(2, 11), np.zeros(9, int), 1, np.arange(2.0, 11.0))
    assert measure.part(curve, "first half").steps.tolist() == [2, 3, 4, 5]
    assert measure.part(curve, "second half").steps.tolist() == [6, 7, 8, 9, 10]
    assert measure.part(curve, "whole run") is curve


def test_statistics_of_a_band_and_of_a_line():
    steps, none = np.arange(1, 4), np.zeros(3, int)
    band = Band(steps, none, 2, np.array([0.0, 1.0, 2.0]), np.array([4.0, 2.0, 9.0]))
    assert measure.statistics(band) == {
        "mean": pytest.approx(9 / 3),
        "median": 2.0,
        "width": pytest.approx(12 / 3),
        "steps": 3,
        "left_out": 0,
    }
    line = measure.statistics(Curve(steps, none, 2, np.array([1.0, 2.0, 6.0])))
    assert (line["mean"], line["median"]) == (3.0, 2.0)
    assert np.isnan(line["width"])


def test_statistics_rest_on_the_steps_that_no_member_misses():
    """A band that lost its widest member would pass for a narrow one."""
    band = Band(np.arange(1, 4), np.array([0, 0, 1]), 2, np.zeros(3), np.array([2.0, 2.0, 0.1]))
    found = measure.statistics(band)
    assert (found["width"], found["steps"], found["left_out"]) == (2.0, 2, 1)


def test_statistics_of_nothing_are_nan_and_not_an_error():
    empty = Curve(np.array([], int), np.array([], int), 1, np.array([]))
    found = measure.statistics(measure.part(empty, "first half"))
    assert np.isnan(found["mean"])
    assert (found["steps"], found["left_out"]) == (0, 0)
