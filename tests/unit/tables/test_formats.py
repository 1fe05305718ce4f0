"""Markdown and LaTeX of a page: what must be escaped, marked and aligned."""

import re

from ablate.findings.words import points
from ablate.tables import latex, markdown
from ablate.tables.cells import number, seconds
from ablate.tables.page import Page, Section

SECTION = Section(
    {"": ["a|b", "[c]"], "x_1": ["-1.50 [-2.00, +1.00]", "2"], "%": ["", "50 ± 1"]},
    bold=frozenset({(1, "x_1"), (1, "%")}),
    left=("",),
)
PAGE = Page("t_1", "50 % & more", "Demo: no result.", [SECTION], ["Why?"], ["*: the best_one."])


def cells_of(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def test_markdown_has_as_many_cells_in_every_line():
    lines = [line for line in markdown.markdown(PAGE).splitlines() if line.startswith("|")]
    assert [len(cells_of(line)) for line in lines] == [3] * 4
    assert len({len(line) for line in lines}) == 1
    assert re.fullmatch(r"\| -+ \| -+: \| -+: \|", lines[1])
    assert cells_of(lines[2])[0] == r"a\|b"
    assert cells_of(lines[3]) == ["[c]", "**2**", "**50 ± 1**"]


def test_markdown_shows_text_as_it_stands():
    assert (
        markdown.escape("leaky_relu _x_ *a* <b> `c`\nd") == r"leaky_relu \_x\_ \*a\* \<b> \`c\` d"
    )


def test_markdown_makes_no_links():
    assert markdown.escape("-1 [-2, 3]") == "-1 [-2, 3]"
    assert markdown.escape("[a](b) [c][d] [e]: f") == r"[a\](b) [c\][d] [e\]: f"


def test_markdown_order_and_note():
    text = markdown.markdown(PAGE)
    order = ["# 50 % & more", "> **Demo: no result.**", "Why?", "| ", r"- \*: the best_one."]
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)
    assert text.endswith(".\n")


def test_latex_escapes_every_special_character():
    assert latex.escape("50% & $1 #2 a_b {x} ~ ^ \\") == (
        r"50\% \& \$1 \#2 a\_b \{x\} \textasciitilde{} \textasciicircum{} \textbackslash{}"
    )
    assert latex.escape("a < b > c | β ± 1\nnext") == (
        r"a \textless{} b \textgreater{} c \textbar{} $\beta$ $\pm$ 1 next"
    )


def test_latex_is_a_booktabs_table():
    text = latex.latex(PAGE)
    order = [r"\begin{table}", r"\caption{", r"\label{tab:t-1}", r"\begin{tabular}{lrr}"]
    order += [r"\toprule", r"\midrule", r"\bottomrule", r"\end{tabular}", r"\end{table}"]
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)
    assert r"\caption{50 \% \& more. Demo: no result.}" in text
    assert text.count("{") - text.count(r"\{") == text.count("}") - text.count(r"\}")


def test_latex_takes_no_cell_for_an_option_of_the_line_before():
    section = Section({"": ["[c]", "* d", "e"], "x": ["1", "2", "3"]})
    body = latex.latex(Page("t", "T", None, [section])).split(r"\midrule")[1]
    assert not re.search(r"(\\\\|^)\s*[\[*]", body)


def test_latex_sets_minus_signs_not_hyphens():
    text = latex.latex(PAGE)
    assert "$-$1.50 [$-$2.00, +1.00]" in text
    assert r"\textbf{50 $\pm$ 1}" in text


def test_every_section_of_latex_carries_the_note_and_its_own_label():
    page = Page("t", "T", "Demo", [SECTION, SECTION], [], ["below"])
    text = latex.latex(page)
    assert text.count("Demo.") == 2
    assert text.count("below") == 1
    assert r"\label{tab:t-1}" in text
    assert r"\label{tab:t-2}" in text


def test_numbers_and_their_signs():
    assert (number(float("nan")), number(3.14159), number(1105.4, 0)) == ("", "3.14", "1105")
    assert (seconds(9.96), seconds(1105.4), seconds(float("nan"))) == ("10.0", "1105", "")
    assert (points(-0.001), points(0.0), points(-1.239)) == ("+0.00", "+0.00", "−1.24")
