"""A report never shows old results under new captions without saying so."""

from project import Project


def test_a_report_of_finished_results_says_nothing_of_the_kind(demo: Project, tmp_path):
    path = tmp_path / "report.html"
    done = demo.snakemake("--config", "preset=demo", "--report", str(path))
    assert "out of date" not in done.stdout
    assert "Out of date" not in path.read_text()


def test_a_report_after_an_edit_says_what_is_out_of_date(demo: Project, tmp_path):
    project = demo.copy(tmp_path / "project")
    project.edit(
        "config.yaml",
        "elu: {label: ELU, set: {model.activation: ELU}",
        "elu: {label: GELU, set: {model.activation: ELU}",
    )
    path = tmp_path / "report.html"
    done = project.snakemake("--config", "preset=demo", "--report", str(path))
    assert "are out of date" in done.stdout
    text = path.read_text()
    assert "Out of date" in text
    assert "tables/activation" in text


def test_what_is_not_built_is_left_out(demo: Project, tmp_path):
    """A report is of what there is; Snakemake alone would refuse to make one."""
    project = demo.copy(tmp_path / "project")
    (project.root / "results/demo/figures/curves.svg").unlink()
    done = project.snakemake("--config", "preset=demo", "--report", str(tmp_path / "r.html"))
    assert "Adding cost.svg" in done.stdout
    assert "curves.svg" not in done.stdout
