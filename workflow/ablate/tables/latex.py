"""A page as LaTeX, for a document that loads booktabs and array."""

import math
import re

from ablate.tables.page import Page, Section

SPECIAL = {
    "\0": "{}",
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
    "≠": r"$\neq$",
    "→": r"$\rightarrow$",
    "∞": r"$\infty$",
    "√": r"$\surd$",
    "′": r"$'$",
    "⁻": r"$^{-}$",
}
GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau "
    "upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
SPECIAL |= {
    letter: rf"$\{name}$"
    for letter, name in zip("αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ", GREEK.split(), strict=True)
}
NEEDS = r"% Needs \usepackage{booktabs,array}; letters neither Latin nor Greek LuaLaTeX or XeLaTeX."

# In points: the text of LaTeX's article at 10pt, half the gap between columns, and the least that a
# column of words is given. Characters are those of Computer Modern at 8pt, rounded up.
TEXT_WIDTH = 345
SEPARATION = 3
NARROWEST = 55
NARROW = "iljt.,:;'|!()[] fr-/"
MIDDLING = "0123456789acegosz"
WIDE = "mwM@%+−±×≈≤≥—<>=~"


def latex(page: Page) -> str:
    """`page` as one booktabs table a section; title and note stand in every caption."""
    floats = [_float(page, section, index) for index, section in enumerate(page.sections)]
    return f"{NEEDS}\n" + "\n\n".join(floats) + "\n"


def escape(text: str) -> str:
    """`text` such that LaTeX sets it as it stands, on one line."""
    flat = " ".join(text.split())
    # Pairs such as -- and ?` would be set as one sign.
    apart = re.sub(r"([-,'`!?])(?=[-,'`])", "\\1\0", flat)
    return "".join(SPECIAL.get(character, character) for character in apart)


def _float(page: Page, section: Section, index: int) -> str:
    is_last = index == len(page.sections) - 1
    label = page.name if len(page.sections) == 1 else f"{page.name}-{index + 1}"
    return "\n".join(
        [
            r"\begin{table}[htbp]",
            r"\centering\footnotesize\setlength{\tabcolsep}{3pt}",
            rf"\caption{{{_caption(page, section)}}}",
            rf"\label{{tab:{re.sub(r'[^A-Za-z0-9.:-]', '-', label)}}}",
            _tabular(section.for_paper),
            *(_footnotes(page) if is_last else []),
            r"\end{table}",
        ]
    )


def _caption(page: Page, section: Section) -> str:
    parts = [page.title, section.heading, page.note or ""]
    return " ".join(f"{escape(part).removesuffix('.')}." for part in parts if part)


def _tabular(section: Section) -> str:
    body = [
        _line(
            [
                _bold(cell) if (index, name) in section.bold else _cell(cell)
                for name, cell in zip(section.columns, line, strict=True)
            ]
        )
        for index, line in enumerate(section.lines)
    ]
    head = _line([_cell(name) for name in section.columns])
    return "\n".join(
        [
            rf"\begin{{tabular}}{{{_alignment(section)}}}",
            r"\toprule",
            head,
            r"\midrule",
            *body,
            r"\bottomrule",
            r"\end{tabular}",
        ]
    )


def _alignment(section: Section) -> str:
    """Numbers to the right, text to the left; text that leaves no room is broken into lines."""
    widths = {name: _width([name, *cells]) for name, cells in section.columns.items()}
    widest = TEXT_WIDTH - 2 * SEPARATION * len(widths)
    texts = [name for name in widths if name in section.left]
    left = widest - sum(width for name, width in widths.items() if name not in texts)
    words = {name: _width(" ".join([name, *section.columns[name]]).split()) for name in texts}
    broken = _broken({name: widths[name] for name in texts}, words, left)
    return "".join(
        rf">{{\raggedright\arraybackslash}}p{{{int(broken[name])}pt}}"
        if name in broken
        else "l"
        if name in texts
        else "r"
        for name in widths
    )


def _broken(widths: dict[str, float], words: dict[str, float], room: float) -> dict[str, float]:
    """The columns that are too wide for the room, and what each may take: the widest are broken
    until each has room for its longest word, `words`; what is left goes to long texts first."""
    if sum(widths.values()) <= room:
        return {}
    broken: list[str] = []
    for name in sorted(widths, key=lambda name: -widths[name]):
        broken.append(name)
        free = room - sum(width for other, width in widths.items() if other not in broken)
        least = {name: max(NARROWEST, words[name]) for name in broken}
        rest = free - sum(least.values())
        if rest >= 0:
            break
    if rest < 0:
        return {name: free * word / sum(least.values()) for name, word in least.items()}
    share = {name: math.sqrt(widths[name]) for name in broken}
    return {name: least[name] + rest * part / sum(share.values()) for name, part in share.items()}


def _width(cells: list[str]) -> float:
    """No less than what the widest of these cells takes in points, at footnotesize."""
    return max(sum(map(_of_character, cell)) for cell in cells)


def _of_character(character: str) -> float:
    if character in NARROW:
        return 3.2
    if character in MIDDLING:
        return 4.3
    return 7.6 if character.isupper() or character in WIDE else 4.8


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
    shown = {name for section in page.sections for name in section.for_paper.columns}
    left_out = {name for section in page.sections for name in section.columns} - shown
    notes = [line for line in page.notes if line.partition(":")[0] not in left_out]
    lines = [*page.text, *notes]
    width = r"\par\smallskip\begin{minipage}{\linewidth}\scriptsize\raggedright"
    return [width, *(rf"{escape(line)}\par" for line in lines), r"\end{minipage}"] if lines else []
