"""A page as Markdown."""

import re

from ablate.tables.page import Page, Section


def markdown(page: Page) -> str:
    """`page` as GitHub's Markdown, columns padded so that it reads as plain text too."""
    note = [f"> **{escape(page.note)}**"] if page.note else []
    text = [escape(paragraph) for paragraph in page.text]
    grids = [block for section in page.sections for block in _blocks(section)]
    notes = [f"- {escape(line)}" for line in page.notes]
    blocks = [f"# {escape(page.title)}", *note, *text, *grids, "\n".join(notes)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def escape(text: str) -> str:
    """`text` such that Markdown shows it as it stands, on one line."""
    flat = " ".join(text.split())
    # $ begins a formula on GitHub.
    flat = re.sub(r"([\\`*|<~$])", r"\\\1", flat)
    flat = re.sub(r"&(?=#?\w+;)", r"\\&", flat)
    # What begins a line may begin a list, a rule, a heading, a quotation or a box to tick.
    flat = re.sub(r"^(?=[-+](?:\s|$)|(?:--+|=+)$|#+(?:\s|$)|>|\[[ xX]\]\s)", r"\\", flat)
    flat = re.sub(r"^(\d+)(?=[.)](?:\s|$))", r"\1\\", flat)
    # A bracket stands for itself unless it makes a link.
    flat = re.sub(r"\](?=[(\[:])", r"\\]", flat)
    # An underscore inside a word stands for itself.
    return re.sub(r"(?<!\w)_|_(?!\w)", r"\\_", flat)


def _blocks(section: Section) -> list[str]:
    heading = [f"## {escape(section.heading)}"] if section.heading else []
    return [*heading, grid(section)]


def grid(section: Section) -> str:
    """The cells of `section` as a table, without its heading."""
    head = [escape(name) for name in section.columns]
    body = [
        [
            _bold(escape(cell)) if (index, name) in section.bold else escape(cell)
            for name, cell in zip(section.columns, line, strict=True)
        ]
        for index, line in enumerate(section.lines)
    ]
    left = [name in section.left for name in section.columns]
    widths = [max(3, *map(len, column)) for column in zip(head, *body, strict=True)]
    rule = [_rule(width, is_left) for width, is_left in zip(widths, left, strict=True)]
    return "\n".join(
        "| " + " | ".join(map(_padded, line, widths, left)) + " |" for line in [head, rule, *body]
    )


def _rule(width: int, is_left: bool) -> str:
    return "-" * width if is_left else "-" * (width - 1) + ":"


def _padded(cell: str, width: int, is_left: bool) -> str:
    return cell.ljust(width) if is_left else cell.rjust(width)


def _bold(cell: str) -> str:
    return f"**{cell}**" if cell else ""
