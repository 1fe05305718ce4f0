"""What reruns when: a change in a copy of the finished demo, and what a dry run says of it."""

import json
import os
import random
import shutil
from pathlib import Path

import ministudy
import pytest
import torch
from project import Project

from ablate.planning.plan import Plan
from ablate.runs import sealed
from ablate.settings import written

TRAINED = {"train", "metrics"}


@pytest.fixture
def copy(demo: Project, tmp_path: Path) -> Project:
    """The finished demo, to be changed."""
    return demo.copy(tmp_path / "project")


def plan(project: Project) -> Plan:
    return Plan({**written.read(project.root / "config.yaml"), "preset": "demo"})


def trained(project: Project, *arguments: str) -> set[str]:
    """The runs that would be trained."""
    due = project.due(*arguments)
    return {
        wildcards.split(",")[0].removeprefix("run=") for rule, wildcards in due if rule == "train"
    }


def made(project: Project, rule: str) -> set[str]:
    """The products of a rule, and of those that inherit it, that would be made: their names."""
    return {
        wildcards.partition("=")[2]
        for found, wildcards in project.due()
        if found in (rule, f"unbound_{rule}")
    }


def runs_of(project: Project, study: str) -> set[str]:
    return {row.training.run.name for row in plan(project).studies[study].rows.values()}


def test_finished_means_nothing_to_do(demo):
    assert demo.due() == []


def test_a_rows_settings_retrain_that_run(copy):
    before = runs_of(copy, "activation")
    copy.edit(
        "config.yaml",
        "set: {model.activation: ELU}, reported: 82.26",
        "set: {model.activation: GELU}, reported: 82.26",
    )
    (changed,) = runs_of(copy, "activation") - before
    assert trained(copy) == {changed}
    assert made(copy, "table") == {"activation", "claims", "summary", "winners"}
    assert "study_activation" in made(copy, "figure")
    assert "study_stem" not in made(copy, "figure")


def test_a_row_added_trains_only_the_new_run(copy):
    copy.edit(
        "config.yaml",
        "      relu: {label: ReLU, reported: 80.60, control: true}\n",
        "      relu: {label: ReLU, reported: 80.60, control: true}\n"
        "      silu: {set: {model.activation: SiLU}}\n",
    )
    assert len(trained(copy)) == 1
    assert "activation" in made(copy, "table")
    assert "stem" not in made(copy, "table")


def test_a_row_removed_trains_nothing(copy):
    copy.edit(
        "config.yaml",
        "      rrelu: {label: RReLU, set: {model.activation: RReLU}, reported: 80.02}\n",
        "",
    )
    file = copy.root / "config.yaml"
    file.write_text(file.read_text().replace(", rrelu", ""))  # the claims that name it
    assert trained(copy) == set()
    assert "activation" in made(copy, "table")
    assert "stem" not in made(copy, "table")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: Activation functions", "title: Activations"),
        (
            "relu: {label: ReLU, reported: 80.60, control: true}",
            "relu: {label: ReLU, reported: 80.70, control: true}",
        ),
    ],
)
def test_titles_and_reported_numbers_rebuild_only_what_shows_them(copy, old, new):
    copy.edit("config.yaml", old, new)
    assert trained(copy) == set()
    assert made(copy, "metrics") == set()
    studies = set(plan(copy).studies)
    assert made(copy, "table") & studies == {"activation"}
    assert {f for f in made(copy, "figure") if f.startswith("study_")} <= {"study_activation"}


def test_key_order_and_comments_change_nothing(copy):
    copy.edit(
        "config.yaml",
        "relu: {label: ReLU, reported: 80.60, control: true}",
        "relu: {control: true, label: ReLU, reported: 80.60} # why",
    )
    assert copy.due() == []


def test_a_recipe_renamed_changes_only_the_page_that_shows_the_config(copy):
    file = copy.root / "config.yaml"
    file.write_text(file.read_text().replace("resnet18_improved", "better"))
    assert copy.due() == [("site", "")]


def test_a_seed_added_trains_that_seed_alone(copy):
    copy.edit("config.yaml", "seeds: [0]", "seeds: [0, 1]")
    due = [wildcards for rule, wildcards in copy.due() if rule == "train"]
    assert len(due) == len(plan(copy).runs)
    assert all(wildcards.endswith("seed=1") for wildcards in due)
    assert made(copy, "table") >= set(plan(copy).studies)


def test_comments_docstrings_and_file_times_of_code_change_nothing(copy):
    loop = copy.root / "workflow/ablate/training/loop.py"
    text = loop.read_text()
    assert text.startswith('"""')
    loop.write_text('"""Another docstring."""\n# a comment\n' + text.partition('"""\n')[2])
    for file in (copy.root / "workflow").rglob("*.py"):
        os.utime(file)
    assert copy.due() == []


def test_data_packed_again_with_the_same_bytes_changes_nothing(copy):
    copy.snakemake("results/demo/data/manifest.json", "-R", "pack", "--config", "preset=demo")
    assert copy.due() == []


def test_other_data_retrains_everything_once_it_is_packed(copy):
    copy.edit("config.yaml", "test: 200, seed: 0}", "test: 200, seed: 1}")
    assert copy.rules_due() == {"pack": 1} | copy.rules_due()
    done = copy.snakemake("results/demo/data/manifest.json", "--config", "preset=demo")
    assert "were trained on other images" in done.stdout
    assert trained(copy) == set(plan(copy).runs)


def test_one_build_packs_other_images_and_makes_what_stands_on_them(mini, tmp_path):
    """Finished runs are trained anew beside one that is due in its own right."""
    project = mini.project.copy(tmp_path / "project")
    project.edit("config.yaml", "test: 100, seed: 0", "test: 100, seed: 1")
    row = "resnet18: {control: true}"
    project.edit("config.yaml", row, f"{row}, wider: {{set: {{model.hidden: 32}}}}")
    project.snakemake("results/mini/tables/residual.csv")
    on = data_of(project, "resnet18")
    assert len(on) == 2
    assert set(on) == {digest(project)} != {digest(mini.project)}
    assert set(data_of(project, "vgg")) == {digest(mini.project)}
    project.snakemake()
    assert set(data_of(project, "vgg")) == {digest(project)}
    assert project.due(preset="mini") == []


def digest(project: Project) -> str:
    """The digest of the images that are packed."""
    return json.loads((project.root / "results/mini/data/manifest.json").read_text())["digest"]


def data_of(project: Project, model: str) -> list[str]:
    """The digest of the images that each run of a model was trained on."""
    records = (project.root / "results/mini/runs").glob(f"{model}*/seed0/training.json")
    return [json.loads(record.read_text())["data"] for record in records]


def test_of_runs_without_weights_those_that_a_figure_draws_have_them(tmp_path):
    project = ministudy.fresh(tmp_path / "project")
    config = project.root / "config.yaml"
    figure = "  stem_kernels: {title: Kernels, runs: {VGG-A: with_bn/vgg_a}}"
    config.write_text(f"{config.read_text()}figures:\n{figure}\nkeep: none\n")
    project.snakemake()
    kept = {
        model: torch.load(ministudy.run_folder(project.root, model) / "checkpoint.pt")["weights"]
        for model in ("vgg_a", "resnet18")
    }
    assert kept["vgg_a"]
    assert not kept["resnet18"]


def test_code_that_packs_and_trains_does_both_in_one_build(copy):
    append(copy, "workflow/ablate/data/dataset.py")
    assert copy.rules_due()["pack"] == 1
    assert trained(copy) == set(plan(copy).runs)


def test_beside_packing_anew_only_what_is_outdated_itself_is_made(copy):
    append(copy, "workflow/ablate/data/synthetic.py")
    append(copy, "workflow/ablate/figures/samples.py")
    append(copy, "workflow/ablate/augmentation/random_erasing.py")
    assert copy.rules_due()["pack"] == 1
    assert "samples" in made(copy, "figure")
    assert trained(copy) == {
        name
        for name, planned in plan(copy).runs.items()
        if planned.run.augmentation.RandomErasing is not None
    }


def test_plotting_code_redraws_what_it_draws(copy):
    append(copy, "workflow/ablate/figures/curves.py")
    rules = copy.rules_due()
    assert made(copy, "figure") == {"curves"}
    assert not {"train", "metrics", "table", "pack"} & set(rules)


def test_table_code_rebuilds_tables(copy):
    append(copy, "workflow/ablate/tables/study.py")
    assert trained(copy) == set()
    assert made(copy, "metrics") == set()
    assert made(copy, "table") >= set(plan(copy).studies)


def test_evaluation_code_rebuilds_metrics_without_training(copy):
    append(copy, "workflow/ablate/evaluation/metrics.py")
    assert trained(copy) == set()
    assert copy.rules_due()["metrics"] == len(plan(copy).runs)


def test_vgg_code_retrains_vgg_runs_only(copy):
    append(copy, "workflow/ablate/models/vgg.py")
    assert trained(copy) == {name for name in plan(copy).runs if name.startswith("vgg")}
    assert "activation" not in made(copy, "table")
    assert {"vgg_bn", "vgg19_bn", "bn_measures"} <= made(copy, "table")


def test_a_transforms_code_retrains_the_runs_that_use_it(copy):
    append(copy, "workflow/ablate/augmentation/random_erasing.py")
    assert trained(copy) == {
        name
        for name, planned in plan(copy).runs.items()
        if planned.run.augmentation.RandomErasing is not None
    }


def test_an_observers_code_retrains_the_runs_it_watches(copy):
    append(copy, "workflow/ablate/observers/line_probe.py")
    assert trained(copy) == runs_of(copy, "santurkar")


def test_the_training_loop_retrains_everything(copy):
    append(copy, "workflow/ablate/training/loop.py")
    assert trained(copy) == set(plan(copy).runs)
    assert made(copy, "table") >= set(plan(copy).studies)


def test_pins_and_environments_change_nothing(copy):
    (copy.root / "envs" / "requirements.txt").write_text("torch==9.9.9\n")
    (copy.root / "envs" / "train.yaml").write_text("dependencies: [pytorch=9.9.9]\n")
    assert copy.due() == []
    assert copy.due("--sdm", "env-modules") == []


def test_asking_for_more_recordings_retrains_and_for_less_does_not(copy):
    config = copy.root / "config.yaml"
    # The figure that shows the probe goes with it: without its recording it would be refused.
    last = "  santurkar:\n    title: The paper's own measures along the gradient"
    config.write_text(config.read_text().partition(last)[0])
    copy.edit(
        "config.yaml",
        "    recipe: vgg_a_sgd\n    observers: [loss, line_probe]",
        "    recipe: vgg_a_sgd\n    observers: [loss]",
    )
    assert trained(copy) == set()
    copy.edit(
        "config.yaml",
        "    recipe: vgg_a_sgd\n    observers: [loss]",
        "    recipe: vgg_a_sgd\n    observers: [loss, line_probe, gradients]",
    )
    assert trained(copy) == runs_of(copy, "santurkar")


def test_lost_memory_moved_results_and_new_times_change_nothing(demo, tmp_path):
    moved = demo.copy(tmp_path / "project", memory=False)
    files = [path for path in (moved.root / "results").rglob("*") if path.is_file()]
    random.Random(0).shuffle(files)
    for age, file in enumerate(files):
        # A real copy: the shared demo keeps its own times.
        content = file.read_bytes()
        file.unlink()
        file.write_bytes(content)
        os.utime(file, (1.6e9 + age, 1.6e9 + age))
    shutil.move(moved.root / "results", moved.root / "elsewhere")
    moved.edit("config.yaml", "results: results #", "results: elsewhere #")
    assert moved.due() == []


def test_lost_memory_and_changed_code_retrain_exactly_the_runs_it_made(demo, tmp_path):
    moved = demo.copy(tmp_path / "project", memory=False)
    append(moved, "workflow/ablate/models/vgg.py")
    assert trained(moved) == {name for name in plan(moved).runs if name.startswith("vgg")}


def test_the_record_beside_a_run_decides(demo, tmp_path):
    moved = demo.copy(tmp_path / "project", memory=False)
    name = next(iter(plan(moved).runs))
    record = moved.root / "results" / "demo" / "runs" / name / "seed0" / "training.json"
    found = json.loads(record.read_text())
    found["code"] = "0" * 16
    record.unlink()
    record.write_text(json.dumps({**found, "sha256": sealed.digest(found)}))
    assert trained(moved) == {name}


def test_a_lost_output_is_made_again_and_its_news_gets_through(copy):
    name = sorted(runs_of(copy, "optimizer"))[-1]
    (copy.root / "results" / "demo" / "runs" / name / "seed0" / "predictions.npz").unlink()
    assert trained(copy) == {name}
    assert "optimizer" in made(copy, "table")


def test_forcing_a_rule_reaches_what_stands_on_it(copy):
    rules = copy.rules_due("-R", "metrics")
    assert rules["metrics"] == len(plan(copy).runs)
    assert rules["table"] >= len(plan(copy).studies)
    assert "train" not in rules


def append(project: Project, path: str) -> None:
    """Change what a module's code says."""
    file = project.root / path
    file.write_text(file.read_text() + "\nANOTHER = 1\n")
