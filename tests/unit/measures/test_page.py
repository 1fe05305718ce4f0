"""That docs/batch-normalisation.md calls each number of its table what it is."""

import csv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PUBLISHED = ROOT / "report/reference/laptop/tables/bn_measures.csv"
# A row's words: the measure, and which of its columns.
ROWS = {
    "loss, middle of the band": ("loss_band", "mean"),
    "loss, width of the band": ("loss_band", "width"),
    "d_t, middle of the band": ("gradient_predictiveness", "mean"),
    "beta, reading A": ("beta_a", "mean"),
    "beta, reading B": ("beta_b", "mean"),
    "loss along the gradient, middle of its range": ("loss_range", "mean"),
    "loss along the gradient, width of its range": ("loss_range", "width"),
    "gradient change, middle of its range": ("gradient_range", "mean"),
    "gradient change, width of its range": ("gradient_range", "width"),
    "effective beta (paper)": ("beta", "mean"),
}
FAMILIES = ("VGG-A", "VGG-A with BN")


def shown() -> dict[str, list[str]]:
    """The numbers of the page's table by the first cell of their row."""
    lines = (ROOT / "docs/batch-normalisation.md").read_text().splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("| mean over steps"))
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[start + 2 :]]
    return {first: numbers for first, *numbers in rows if len(numbers) == 4}


def published() -> dict[tuple[str, str, str], dict[str, str]]:
    """The published rows by family, measure and part of the run."""
    with PUBLISHED.open(newline="") as file:
        rows = list(csv.DictReader(file))
    alone = "The paper's own measures: "
    return {(row["label"].removeprefix(alone), row["measure"], row["part"]): row for row in rows}


@pytest.mark.parametrize("words", ROWS)
def test_a_row_shows_what_it_says(words):
    (measure, column), found = ROWS[words], published()
    cells = [(family, part) for family in FAMILIES for part in ("first half", "second half")]
    for said, (family, part) in zip(shown()[words], cells, strict=True):
        digits = len(said.partition(".")[2])
        assert f"{float(found[family, measure, part][column]):.{digits}f}" == said


def test_every_row_is_held():
    assert list(shown()) == list(ROWS)
