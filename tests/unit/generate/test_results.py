"""The tables in README.md and docs/results.md are those of the published results."""

import pytest

from ablate.generate import results


@pytest.mark.parametrize("page", results.PAGES, ids=lambda page: page.name)
def test_the_pages_show_what_is_published(page):
    text = page.read_text(encoding="utf-8")
    assert results.filled(page) == text, "make generate writes the tables anew"
    assert "<!-- /" in text


def cells(table, first, second=""):
    """The cells of the one line that begins with these."""
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()]
    study, found = "", []
    for line in lines:
        study = line[0] or study
        if study == first and (not second or line[1] == second):
            found.append(line)
    (line,) = found
    return line


def test_a_row_is_set_against_its_own_control_here_and_in_the_report():
    table = results.rows()
    study = "VGG-A with dropout and with batch normalisation, by learning rate"
    row = cells(table, study, "with BN, lr1e-3")
    control = cells(table, study, "with dropout, lr1e-3 (control)")
    assert float(row[4].split()[0]) == pytest.approx(float(row[3]) - float(control[3]), abs=0.011)
    assert row[6] == "+7.88"  # reported: 82.96 less 75.08
    assert control[4] == control[6] == ""


def test_a_step_is_compared_with_the_one_before_it_and_is_not_called_a_control():
    line = cells(
        results.rows(),
        "From the default to the improved setting, one change at a time",
        "and with crop and flip",
    )
    assert line[4]


def test_statements_are_counted_by_verdict():
    line = cells(results.studies(), "VGG-A with and without batch normalisation")
    assert sum(map(int, line[6:])) + 1 == 10  # one of its ten is not measured


def test_a_marker_without_an_end_is_told(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- rows -->\nafter\n")
    with pytest.raises(ValueError, match=r"page.md has <!-- rows -->, and no <!-- /rows -->"):
        results.filled(page)
