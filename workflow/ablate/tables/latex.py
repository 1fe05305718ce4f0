"""A page as LaTeX, for a document that loads booktabs."""

import re

from ablate.tables.page import Page, Section

SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': "''",
    "±": r"$\pm$",
    "×": r"$\times$",
    "−": r"$-$",
    "≈": r"$\approx$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "–": "--",
    "—": "---",
    "\u00a0": "~",
    "α": r"$\alpha$",
    "β": r"$\beta$",
    "γ": r"$\gamma$",
    "δ": r"$\delta$",
    "ε": r"$\epsilon$",
    "η": r"$\eta$",
    "λ": r"$\lambda$",
    "μ": r"$\mu$",
    "σ": r"$\sigma$",
    "Δ": r"$\Delta$",
}


def latex(page: Page) -> str:
    """`page` as one booktabs table a section; title and note stand in every caption."""
    floats = [_float(page, section, index) for index, section in enumerate(page.sections)]
    return "% Needs \\usepackage{booktabs}.\n" + "\n\n".join(floats) + "\n"


def escape(text: str) -> str:
    """`text` such that LaTeX sets it as it stands, on one line."""
    flat = re.sub(r"[\t\r\n]+", " ", text)
    return "".join(SPECIAL.get(character, character) for character in flat)


def _float(page: Page, section: Section, index: int) -> str:
    is_last = index == len(page.sections) - 1
    label = page.name if len(page.sections) == 1 else f"{page.name}-{index + 1}"
    return "\n".join(
        [
            r"\begin{table}[htbp]",
            r"\centering\footnotesize\setlength{\tabcolsep}{4pt}",
            rf"\caption{{{_caption(page, section)}}}",
            rf"\label{{tab:{re.sub(r'[^A-Za-z0-9.:-]', '-', label)}}}",
            # Centred also where it is wider than the text.
            rf"\makebox[\linewidth][c]{{{_tabular(section)}}}",
            *(_footnotes(page) if is_last else []),
            r"\end{table}",
        ]
    )


def _caption(page: Page, section: Section) -> str:
    parts = [page.title, section.heading, page.note or ""]
    return " ".join(f"{escape(part).removesuffix('.')}." for part in parts if part)


def _tabular(section: Section) -> str:
    alignment = "".join("l" if name in section.left else "r" for name in section.columns)
    body = [
        _line([_bold(cell) if index in section.bold else _cell(cell) for cell in line])
        for index, line in enumerate(section.lines)
    ]
    head = _line([_cell(name) for name in section.columns])
    return "\n".join(
        [
            rf"\begin{{tabular}}{{{alignment}}}",
            r"\toprule",
            head,
            r"\midrule",
            *body,
            r"\bottomrule",
            r"\end{tabular}",
        ]
    )


def _line(cells: list[str]) -> str:
    # Without the group LaTeX takes a first cell "[...]" for the optional argument of the \\ before.
    first = f"{{{cells[0]}}}" if cells[0].startswith(("[", "*")) else cells[0]
    return " & ".join([first, *cells[1:]]) + r" \\"


def _cell(text: str) -> str:
    """A cell in which the signs of numbers are minus signs, not hyphens."""
    return re.sub(r"(^|[\[ ])-(?=\d)", r"\1$-$", escape(text))


def _bold(text: str) -> str:
    return rf"\textbf{{{_cell(text)}}}" if text else ""


def _footnotes(page: Page) -> list[str]:
    lines = [*page.text, *page.notes]
    width = r"\par\smallskip\begin{minipage}{\linewidth}\scriptsize\raggedright"
    return [width, *(rf"{escape(line)}\par" for line in lines), r"\end{minipage}"] if lines else []
