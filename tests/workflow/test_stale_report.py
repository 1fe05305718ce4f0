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


def test_a_new_row_without_results_is_refused_by_name(demo: Project, tmp_path):
    """Snakemake cannot make a report of what is not there; it says which file."""
    project = demo.copy(tmp_path / "project")
    site = project.root / "results/demo/report/index.html"
    site.unlink()
    done = project.snakemake(
        "--config", "preset=demo", "--report", str(tmp_path / "r.html"), check=False
    )
    assert done.returncode != 0
    assert "index.html" in done.stdout
