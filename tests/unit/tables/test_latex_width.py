"""Tables for LaTeX fit the page: their width in the fonts that LaTeX would set them in."""

import re
import shutil
import subprocess
from pathlib import Path

import matplotlib
import pytest
from matplotlib.ft2font import FT2Font

from ablate.tables.latex import SEPARATION, SPECIAL, TEXT_WIDTH, escape, latex
from ablate.tables.page import Page, Section

FONTS = Path(matplotlib.get_data_path(), "fonts", "ttf")
PUBLISHED = sorted((Path(__file__).parents[3] / "report/reference/laptop/tables").glob("*.tex"))
with_latex = pytest.mark.skipif(not shutil.which("pdflatex"), reason="there is no LaTeX here")
SIZE = 8  # points: footnotesize of a document at 10pt
ROW = "ResNet-34, half width, ten hidden units, dropout 0.1 after batch normalisation"
LONG = "With decay 1e-2, at least 95 % of the first layer's last weights lie within 0.1 of zero."
STUDY = Section(
    {
        "row": [ROW, "ReLU"],
        "n": ["3", "10"],
        "best": ["89.11 ± 10.44", "95.48 ± 0.12"],
        "Δ control": ["−10.33 [−110.29, +130.96]", ""],
        "finding": ["unclear", ""],
        "reported": ["89.11*", "95.48"],
        "flags": ["diverged 10 of 10, collapsed 10 of 10, missing 1 of 11", ""],
    },
    left=("row", "finding", "flags"),
    paper=("row", "n", "best", "Δ control", "reported", "flags"),
)
CLAIMS = Section(
    {
        "claim": [LONG, "ELU is the best."],
        "the report": ["no, beyond its scatter", "yes"],
        "measured": [f"{ROW} > {ROW}? +12.83 [−7.79, +33.46]", LONG],
        "p": ["0.478", "1.000"],
        "n": ["3", ""],
        "verdict": ["contradicted, fragile", "not measured"],
        "seeds": ["999", ""],
    },
    left=("claim", "the report", "measured", "verdict"),
)


def points(text: str) -> float:
    """The width of a text in Computer Modern at SIZE."""
    font = FT2Font(str(FONTS / "cmr10.ttf"))
    font.set_size(SIZE, 72)
    font.set_text(text.replace("±", "+").replace("−", "+").replace("Δ", "D"))
    return font.get_width_height()[0] / 64


def width(section: Section) -> float:
    """The width of a section's tabular, from its column types and its cells."""
    kinds = re.search(r"\\begin\{tabular\}\{(.*)\}$", latex(page(section)), re.M).group(1)
    columns = re.findall(r">\{\\raggedright\\arraybackslash\}p\{(\d+)pt\}|([lr])", kinds)
    shown = section.for_paper.columns
    assert len(columns) == len(shown)
    inner = sum(
        float(paragraph) if paragraph else max(map(points, [name, *cells]))
        for (paragraph, _), (name, cells) in zip(columns, shown.items(), strict=True)
    )
    return inner + 2 * SEPARATION * len(columns)


def page(section: Section) -> Page:
    return Page("t", "Title", None, [section])


@pytest.mark.parametrize("section", [STUDY, CLAIMS], ids=["study", "claims"])
def test_a_table_is_no_wider_than_the_text(section):
    assert width(section) <= TEXT_WIDTH


def test_a_table_that_fits_is_not_broken_into_lines():
    small = Section({"row": ["ReLU", "ELU"], "best": ["80.10", "82.00"]}, left=("row",))
    assert r"\begin{tabular}{lr}" in latex(page(small))


def test_notes_on_columns_that_a_paper_leaves_out_are_left_out():
    told = Page("t", "T", None, [STUDY], notes=["finding: better or worse.", "n: runs."])
    text = latex(told)
    assert "better or worse" not in text
    assert "n: runs." in text


def compiled(table: str, folder: Path) -> str:
    """What LaTeX says of a document with this table alone."""
    document = (
        r"\documentclass{article}\usepackage[utf8]{inputenc}\usepackage{booktabs,array}"
        rf"\begin{{document}}{table}\end{{document}}"
    )
    (folder / "t.tex").write_text(document, encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "t.tex"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@with_latex
@pytest.mark.parametrize("section", [STUDY, CLAIMS], ids=["study", "claims"])
def test_latex_itself_finds_no_line_too_wide(section, tmp_path):
    assert "Overfull" not in compiled(latex(page(section)), tmp_path)


@with_latex
def test_latex_sets_every_sign_that_labels_of_networks_may_have(tmp_path):
    signs = f"{''.join(SPECIAL)} ½ ¼ ² ³ µ é ß ø … κ Ω"
    assert "not set up" not in compiled(escape(signs), tmp_path)


@with_latex
@pytest.mark.parametrize("table", PUBLISHED, ids=lambda path: path.stem)
def test_every_table_of_a_whole_report_compiles_and_fits_the_page(table, tmp_path):
    assert "Overfull" not in compiled(table.read_text(encoding="utf-8"), tmp_path)
