"""A study's table: every column, flag and note, from runs in the real formats."""

import json
import math
import re
import shutil

import numpy as np
import pandas as pd
import pytest
from asking import asked
from fake_runs import history_text, measured_run, predictions, write_run
from pandas.testing import assert_frame_equal
from scipy import stats
from small_results import share_images

from ablate.errors import AblateError
from ablate.evaluation.metrics import metrics
from ablate.paths import Results
from ablate.requests.study import AskedStudy, Heading
from ablate.requests.table import SummaryTable
from ablate.steps.table import main
from ablate.tables import formats, study, summary
from ablate.tables.columns import AGAINST
from ablate.tables.latex import latex
from ablate.tables.markdown import markdown
from ablate.tables.stored import read_study

COLUMNS = (
    "study,row,label,differs_by,reported,n,best_mean,best_std,last_mean,last_std,delta,vs_control,"
    "vs_control_low,vs_control_high,best_epoch_mean,train_accuracy_mean,seconds_mean,"
    "reported_seconds,parameters,flops,diverged,collapsed,missing,runs"
)


def row(name, run, seeds=(0,), **others):
    asked = {"name": name, "label": name.upper(), "run": run, "seeds": list(seeds)}
    return {**asked, "differs_by": [], "reported": None, **others}


def request(results, rows, **others):
    asked = {"name": "activation", "title": "Activation functions", "section": "2.2.5"}
    defaults = {"question": "", "control": "relu", "note": None, "noise": None, "partial": False}
    made = {**asked, **defaults, "results": Results(results), **others}
    return {**made, "rows": [compared(each, made["control"]) for each in rows]}


def compared(asked, control):
    """A row as a request has it, compared with `control` unless it is that row."""
    return {**asked, "control": None if asked["name"] == control else control}


def many(accuracy):
    """Predictions of so many images that their own sampling is no floor to the seeds' scatter."""
    return predictions(accuracy, 10_000)


@pytest.fixture
def three(tmp_path):
    """ReLU and ELU with three seeds each, Tanh with one."""
    for seed, (relu, elu) in enumerate([(80.1, 82.4), (79.5, 81.9), (80.8, 83.0)]):
        measured_run(tmp_path, "r-relu", seed, relu, seconds=10.0 * (seed + 1), arrays=many(relu))
        measured_run(tmp_path, "r-elu", seed, elu, arrays=many(elu))
    measured_run(tmp_path, "r-tanh", 0, 74.6, arrays=many(74.6))
    rows = [
        row("relu", "r-relu", (0, 1, 2), reported=80.6, reported_seconds=1100),
        row("elu", "r-elu", (0, 1, 2), reported=82.26, differs_by=["model.activation"]),
        row("tanh", "r-tanh", (0,), differs_by=["model.activation", "model.width"]),
    ]
    return request(tmp_path, rows, noise={"sd": 1.0, "df": 4})


def table(asked) -> pd.DataFrame:
    return study.page(AskedStudy(**asked))[0]


def text_of(asked) -> str:
    return markdown(study.page(AskedStudy(**asked))[1])


def test_a_finding_that_an_interval_seems_to_contradict_is_explained(tmp_path):
    means = {"relu": 70.0, "elu": 72.1, "selu": 70.1, "gelu": 70.2, "silu": 69.9}
    for name, mean in means.items():
        for seed, off in enumerate((-1, 0, 1)):
            measured_run(tmp_path, f"r-{name}", seed, mean + off, arrays=many(mean + off))
    asked = request(tmp_path, [row(name, f"r-{name}", (0, 1, 2)) for name in means])
    # By itself 2.1 points are clear, the interval says so; of four such questions they are not.
    elu = table(asked).set_index("row").loc["elu"]
    assert elu["vs_control_low"] > 0
    explained = "so a row may be unclear whose interval leaves out 0."
    assert explained in text_of(asked)
    without = request(
        tmp_path, [row(name, f"r-{name}", (0, 1, 2)) for name in means if name != "elu"]
    )
    assert "unclear: " in text_of(without)
    assert explained not in text_of(without)


@pytest.mark.parametrize(("side", "images"), [(64, "64x64 images"), (None, "the images")])
def test_crops_smaller_than_the_images_are_said(tmp_path, side, images):
    measured_run(tmp_path, "r-relu", 0, 80.0)
    rows = [row("relu", "r-relu", crop=[32, 30]), row("elu", "r-relu", crop=None)]
    said = f"RELU: crops of 32x30 pixels of {images} in training, whole images in testing."
    assert said in text_of(request(tmp_path, rows, image_side=side))
    assert "crops" not in text_of(request(tmp_path, rows[1:], control="elu"))


def test_the_columns_are_the_published_ones(three):
    assert ",".join(table(three).columns) == COLUMNS


def test_means_deviations_and_differences(three):
    found = table(three).set_index("row")
    relu, elu = [80.1, 79.5, 80.8], [82.4, 81.9, 83.0]
    assert found.loc["relu", "best_mean"] == pytest.approx(np.mean(relu), abs=1e-4)
    assert found.loc["relu", "best_std"] == pytest.approx(np.std(relu, ddof=1), abs=1e-4)
    assert found.loc["relu", "last_mean"] == pytest.approx(np.mean(relu) - 1, abs=1e-4)
    assert found.loc["elu", "delta"] == pytest.approx(np.mean(elu) - 82.26, abs=1e-4)
    expected = stats.ttest_ind(elu, relu, equal_var=True).confidence_interval(0.95)
    against = found.loc["elu", list(AGAINST)].tolist()
    truth = [np.mean(elu) - np.mean(relu), expected.low, expected.high]
    assert against == pytest.approx(truth, abs=1e-4)
    assert found.loc["relu", list(AGAINST)].isna().all()
    assert found.loc["relu", "best_epoch_mean"] == 2
    assert found.loc["relu", "train_accuracy_mean"] == 93
    assert found.loc["relu", "seconds_mean"] == 20
    assert found["n"].tolist() == [3, 3, 1]
    assert found.loc["relu", "runs"] == "r-relu/seed0 r-relu/seed1 r-relu/seed2"
    assert found["parameters"].tolist() == [11_173_962] * 3


def test_a_single_run_has_no_deviation_and_the_scatter_of_the_others(three):
    tanh = table(three).set_index("row").loc["tanh"]
    assert math.isnan(tanh["best_std"])
    pooled = math.sqrt((np.var([80.1, 79.5, 80.8], ddof=1) + np.var([82.4, 81.9, 83], ddof=1)) / 2)
    half = stats.t.ppf(0.975, 4) * pooled * math.sqrt(1 + 1 / 3)
    assert tanh["vs_control_high"] - tanh["vs_control"] == pytest.approx(half, abs=2e-3)


def test_single_runs_alone_have_the_stated_noise_or_no_interval(three):
    alone = {**three, "rows": [{**each, "seeds": [0]} for each in three["rows"]]}
    tanh = table(alone).set_index("row").loc["tanh"]
    half = stats.t.ppf(0.975, 4) * math.sqrt(2)
    assert tanh["vs_control_high"] - tanh["vs_control"] == pytest.approx(half, abs=2e-4)
    tanh = table({**alone, "noise": None}).set_index("row").loc["tanh"]
    assert not math.isnan(tanh["vs_control"])
    assert math.isnan(tanh["vs_control_low"])


def test_more_than_one_setting_is_named_below(three):
    found = table(three)["differs_by"].tolist()
    assert found == ["", "model.activation", "model.activation model.width (confounded)"]
    assert "confounded, different from the control in more than one setting: TANH." in text_of(
        three
    )


def test_no_control_no_difference(three):
    alone = {**three, "rows": [compared(each, None) for each in three["rows"]]}
    found = table(alone)
    assert found[list(AGAINST)].isna().all(axis=None)
    assert "Δ control" not in text_of(alone)


def test_each_row_is_compared_with_its_own_control(three):
    relu, elu, tanh = three["rows"]
    found = table({**three, "rows": [relu, elu, {**tanh, "control": "elu"}]})
    means = found.set_index("row")["best_mean"]
    against = found.set_index("row")["vs_control"]
    assert against["elu"] == pytest.approx(means["elu"] - means["relu"], abs=1e-5)
    assert against["tanh"] == pytest.approx(means["tanh"] - means["elu"], abs=1e-5)


def test_diverged_and_collapsed_runs_are_counted_and_shown(tmp_path):
    measured_run(tmp_path, "r-relu", 0, 80.0)
    history = history_text((60.0,)) + "2,20,0.1,nan,nan,nan,nan,1.5\n"
    lost = write_run(tmp_path, "r-elu", 0, (60.0, math.nan), history=history, diverged=True)
    metrics(lost).write(lost)
    measured_run(tmp_path, "r-elu", 1, 10.0, accuracies=(10.0, 10.0, 10.0))
    asked = request(tmp_path, [row("relu", "r-relu"), row("elu", "r-elu", (0, 1))])
    elu = table(asked).set_index("row").loc["elu"]
    assert (elu["diverged"], elu["collapsed"], elu["n"]) == (1, 1, 2)
    assert elu["best_mean"] == 35
    assert elu["last_mean"] == 10
    assert math.isnan(elu["train_accuracy_mean"])
    text = text_of(asked)
    assert "diverged 1 of 2, collapsed 1 of 2" in text
    assert "no better than chance" in text
    assert "stopped being finite" in text


def test_a_missing_run_is_an_error_or_a_marked_row(three, tmp_path):
    (tmp_path / "runs/r-elu/seed1/metrics.json").unlink()
    (tmp_path / "runs/r-tanh/seed0/metrics.json").unlink()
    with pytest.raises(AblateError, match=r"r-elu/seed1/metrics.json does not exist, so row elu"):
        table(three)
    partial = {**three, "partial": True}
    found = table(partial).set_index("row")
    assert found["missing"].tolist() == [0, 1, 1]
    assert found["n"].tolist() == [3, 2, 0]
    assert found.loc["elu", "runs"] == "r-elu/seed0 r-elu/seed2"
    assert found.loc["tanh", ["best_mean", "parameters", "vs_control"]].isna().all()
    assert "missing 1 of 1" in text_of(partial)
    assert "missing: ELU, seed 1; TANH, seed 0." in text_of(partial)


def test_seeds_that_all_rows_lack_are_named_once(three, tmp_path):
    for path in tmp_path.glob("runs/*/seed[12]/metrics.json"):
        path.unlink()
    partial = {**three, "partial": True}
    partial["rows"] = [each for each in three["rows"] if each["name"] != "tanh"]
    assert "missing: seeds 1 and 2 of every row." in text_of(partial)


def test_without_the_controls_runs_there_is_no_difference(three, tmp_path):
    for seed in range(3):
        (tmp_path / f"runs/r-relu/seed{seed}/metrics.json").unlink()
    found = table({**three, "partial": True})
    assert found[list(AGAINST)].isna().all(axis=None)
    assert text_of({**three, "partial": True})


def test_a_table_of_nothing_is_still_a_table(tmp_path):
    asked = request(tmp_path, [row("relu", "r-relu")], partial=True)
    assert table(asked)["missing"].tolist() == [1]
    assert "no finished run" in text_of(asked)


def test_an_edited_metrics_json_is_named_even_in_a_partial_table(three, tmp_path):
    path = tmp_path / "runs/r-elu/seed1/metrics.json"
    path.write_text(path.read_text().replace("81.9", "91.9"))
    for partial in (False, True):
        with pytest.raises(AblateError, match=r"r-elu/seed1/metrics.json has been edited"):
            table({**three, "partial": partial})


def test_a_copied_folder_is_named(three, tmp_path):
    shutil.copytree(
        tmp_path / "runs/r-relu/seed0", tmp_path / "runs/r-elu/seed0", dirs_exist_ok=True
    )
    with pytest.raises(AblateError, match=r"r-elu/seed0/metrics.json holds .* r-relu/seed0"):
        table(three)


def test_runs_on_different_data_are_refused(tmp_path):
    measured_run(tmp_path, "r-relu", 0, 80.0)
    measured_run(tmp_path, "r-elu", 0, 82.0, data="0ther" * 10)
    asked = request(tmp_path, [row("relu", "r-relu"), row("elu", "r-elu")])
    with pytest.raises(AblateError) as caught:
        table(asked)
    message = str(caught.value)
    assert "on data da7ada7ada7a: relu (r-relu/seed0)" in message
    assert "on data 0ther0ther0t: elu (r-elu/seed0)" in message
    assert "Build without naming a table" in message


def test_mixed_hardware_and_shared_devices_are_noted(tmp_path):
    gpu = {"device_type": "cuda", "device": "Test GPU", "precision": "bf16"}
    measured_run(tmp_path, "r-relu", 0, 80.0)
    measured_run(tmp_path, "r-elu", 0, 82.0, shared_device=True, resumed=2, **gpu)
    text = text_of(request(tmp_path, [row("relu", "r-relu"), row("elu", "r-elu")]))
    assert "Mixed precisions, so rows do not compare strictly: fp32: relu; bf16: elu." in text
    assert "Mixed device types, so rows do not compare strictly: cpu: relu; cuda: elu." in text
    assert "runs shared their device: elu." in text
    assert "Resumed after an interruption: elu." in text
    assert "device Test CPU, Test GPU" in text


def test_other_cards_versions_and_eager_steps_are_noted(tmp_path):
    gpu = {"device_type": "cuda", "graphed": True}
    measured_run(tmp_path, "r-relu", 0, 80.0, device="A100", **gpu)
    torch = {"torch": "2.16.0"}
    moved = {"machines": ["A100, torch 2.15.0", "H100, torch 2.16.0"], "versions": torch}
    measured_run(tmp_path, "r-elu", 0, 82.0, device="H100", **gpu | {"graphed": False} | moved)
    text = text_of(request(tmp_path, [row("relu", "r-relu"), row("elu", "r-elu")]))
    assert "Mixed devices, so rows do not compare strictly: A100: relu; H100: elu." in text
    assert "Mixed versions of torch, so rows do not compare strictly: " in text
    assert "not as a CUDA graph (the run's log says why): elu." in text
    assert "Resumed on another device or torch: elu." in text


def test_test_images_that_were_trained_on_are_said(tmp_path):
    measured_run(tmp_path, "r-relu", 0, 80.0, data=share_images(tmp_path))
    asked = request(tmp_path, [row("relu", "r-relu")])
    assert "4 of 4 test images are training images too, pixel for pixel" in text_of(asked)


def test_images_that_no_run_was_trained_on_are_not_spoken_of(three, tmp_path):
    share_images(tmp_path)
    assert "pixel for pixel" not in text_of(three)
    elsewhere = {"best_accuracy": [93.1, 93.4]}
    theirs = request(tmp_path, [row("relu", "", (), elsewhere=elsewhere)])
    assert "pixel for pixel" not in text_of(theirs)


def test_equal_hardware_is_not_noted(three):
    text = text_of(three)
    assert "Mixed" not in text
    assert "shared" not in text
    assert "CUDA graph" not in text


def test_provenance_names_data_seeds_code_and_commit(three, tmp_path):
    line = text_of(three).splitlines()[-1]
    assert "data da7ada7ada7a; seeds 0, 1, 2; precision fp32; device Test CPU" in line
    assert "training code c0dec0dec0de; commit abcdef012345." in line
    manifest = {
        "name": "CIFAR-10",
        "digest": "da7a" * 16,
        "classes": ["a", "b"],
        "train": 12_500,
        "test": 10_000,
        "train_of": 50_000,
        "test_of": 10_000,
        "size": [32, 32],
        "mean": [0.5] * 3,
        "std": [0.2] * 3,
        "synthetic": False,
        "source": "folder",
    }
    path = tmp_path / "data/manifest.json"
    path.parent.mkdir()
    path.write_text(json.dumps(manifest))
    # Not the 12,500 that there are: the runs held some out.
    expected = "data CIFAR-10 (1,000 of 50,000 training and 10,000 test images, da7ada7ada7a)"
    assert expected in text_of(three)
    path.write_text(json.dumps({**manifest, "digest": "0" * 64}))
    assert "CIFAR-10" not in text_of(three)


def test_the_accuracy_of_the_chosen_epoch_stands_beside_the_best_in_every_format(tmp_path):
    held_out = (
        "epoch,step,lr,train_loss,train_accuracy,test_loss,test_accuracy,"
        "holdout_loss,holdout_accuracy,seconds\n"
        "1,10,0.1,2,50,2,80,2,55,1\n2,20,0.1,1,70,1,77.7,1,60,1\n"
    )
    for seed, chosen in enumerate((77.7, 78.7)):
        history = held_out.replace("77.7", str(chosen))
        folder = write_run(tmp_path, "r-relu", seed, (80.0, chosen), history=history)
        metrics(folder).write(folder)
    measured_run(tmp_path, "r-elu", 0, 82.0)
    frame, page = study.page(
        AskedStudy(**request(tmp_path, [row("relu", "r-relu", (0, 1)), row("elu", "r-elu")]))
    )
    text = markdown(page)
    assert re.search(r"chosen \| +seconds", text)
    assert " 78.20 ± 0.71 " in text
    assert "held-out training images" in text
    assert "& chosen" in latex(page)
    assert frame.columns.tolist()[8:12] == ["last_mean", "last_std", "chosen_mean", "chosen_std"]
    assert frame["chosen_mean"].tolist() == pytest.approx([78.2, math.nan], nan_ok=True)
    path = Results(tmp_path).table("activation")
    formats.write(frame, page, path)
    assert_frame_equal(read_study(Results(tmp_path), "activation"), frame)
    asked = SummaryTable(
        results=Results(tmp_path),
        studies=[Heading(name="activation", title="Activation functions")],
    )
    frame, page = summary.page(asked)
    assert frame["chosen_std"][0] == pytest.approx(0.5**0.5, abs=1e-6)
    assert " 78.20 ± 0.71 " in markdown(page)


def test_a_best_row_is_marked_where_the_runs_can_tell_and_nowhere_else(three):
    text = text_of(three)
    assert text.count("**") == 2
    assert "**82.43 ± 0.55**" in text
    assert "bold: clearly better than every other row." in text
    alone = {**three, "rows": [{**each, "seeds": [0]} for each in three["rows"]], "noise": None}
    text = text_of(alone)
    assert "**" not in text
    assert "No row is marked best: with one run a row" in text
    assert "finding: one run: how far single runs scatter here is not known." in text


def test_the_highest_reported_accuracy_is_marked(three):
    text = text_of(three)
    assert r"82.26\*" in text
    assert r"80.60\*" not in text


def test_the_answer_opens_the_page(three):
    asked = {**three, "question": "Do other activations do better?"}
    lines = text_of(asked).splitlines()
    assert lines[2] == "Do other activations do better?"
    assert lines[4].startswith("In part. Against RELU, better: ELU +2.30 [")
    assert lines[4].endswith(". Worse: TANH −5.53 [−7.47, −3.60].")


def test_reported_seconds_say_how_exact_they_are(three):
    for kind, shown in {"exact": "1100", "approx": "about 1100", "at least": "> 1100"}.items():
        three["rows"][0]["reported_seconds_is"] = kind
        assert f"{shown} |" in text_of(three)


def test_the_interval_says_where_it_comes_from(three):
    text = text_of(three)
    assert "from that of RELU [95 % interval: Student's t, one standard deviation of" in text
    alone = {**three, "rows": [{**each, "seeds": [0]} for each in three["rows"]]}
    noise = {"sd": 1.0, "df": 4, "source": "the report's five repeats"}
    assert "4 degrees of freedom, that of the report's five repeats]" in text_of(
        {**alone, "noise": noise}
    )
    assert "whose scatter is not known" in text_of({**alone, "noise": None})


def test_by_welch_a_row_of_one_run_is_not_tested_and_the_page_says_why(three):
    asked = {**three, "variance": "welch", "noise": None}
    tanh = table(asked).set_index("row").loc["tanh"]
    assert not math.isnan(tanh["vs_control"])
    assert math.isnan(tanh["vs_control_low"])
    text = text_of(asked)
    assert "[95 % interval: Welch's t over independent seeds]" in text
    assert "each row has its own scatter (variance: welch), of which one run tells nothing" in text
    assert "No row is marked best: with a row of one run, which is best is not known" in text
    stated = text_of({**three, "variance": "welch"})
    assert "Welch's t over independent seeds; for single runs, from a standard deviation" in stated
    assert "finding: one run" not in stated


def test_few_images_are_a_floor_to_the_scatter(tmp_path):
    for seed in range(2):
        measured_run(tmp_path, "r-relu", seed, 80.0, arrays=predictions(80.0, 50))
        measured_run(tmp_path, "r-elu", seed, 84.0, arrays=predictions(84.0, 50))
    rows = [row("relu", "r-relu", (0, 1)), row("elu", "r-elu", (0, 1))]
    elu = table(request(tmp_path, rows)).set_index("row").loc["elu"]
    assert elu["vs_control_low"] < 0
    text = text_of(request(tmp_path, rows))
    assert (
        "where so few test images alone would make a row scatter more (up to 5.66 points)" in text
    )


def test_the_step_writes_all_formats_and_the_note_in_each_readable_one(three, tmp_path, capsys):
    out = tmp_path / "tables/activation.csv"
    three["note"] = "Demo: synthetic data."
    outputs = [out, *(out.with_suffix(suffix) for suffix in (".md", ".tex"))]
    command = asked(AskedStudy(**three).plain(), tmp_path, outputs)
    assert main(command) == 0
    assert out.read_text().splitlines()[0] == COLUMNS
    assert len(out.read_text().splitlines()) == 4
    assert "> **Demo: synthetic data.**" in out.with_suffix(".md").read_text()
    assert "Demo: synthetic data." in out.with_suffix(".tex").read_text().split(r"\label")[0]
    frame = pd.read_csv(out)
    assert frame["parameters"].dtype == int
    assert out.read_bytes() == out.read_text().encode()
    (tmp_path / "runs/r-elu/seed1/metrics.json").unlink()
    before = out.read_text()
    assert main(command) == 1
    assert capsys.readouterr().err.startswith("error: ")
    assert out.read_text() == before
