"""Text of a config, of class and of file names is text in every format that shows it.

A study overlay is something that people pass on: none of it may be run, read in or drawn as
anything but itself.
"""

import csv
import html.parser
import io
from pathlib import Path

import docutils.core
import jinja2
import pandas as pd
import pytest
from markdown_it import MarkdownIt
from rich.console import Console

from ablate import cli
from ablate.building import menu
from ablate.commands import status
from ablate.errors import AblateError
from ablate.report import site
from ablate.tables import latex, markdown
from ablate.tables.page import Page, Section
from ablate.tables.spreadsheet import as_written
from ablate.tables.spreadsheet import csv as as_csv

ROOT = Path(__file__).parents[2]
HOSTILE = [
    ".. raw:: html\n\n   <script>alert(1)</script>",
    ".. include:: /etc/passwd",
    "x\n\n.. include:: /etc/passwd",
    "`x <javascript:alert(1)>`_ and |sub| and :raw-html:`<b>`",
    "**bold** *it* ``literal`` [1]_ target_ __anonymous",
    "A. list",
    "• bullet",
    "1) list",
    "::",
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<!--",
    '" onmouseover="alert(1)',
    "&lt;b&gt; &amp;",
    "[a](javascript:alert(1)) ![a](x.png) <http://x>",
    "# heading",
    "> quotation",
    "- list",
    "- [x] done",
    "1. list",
    "---",
    "===",
    "~~~",
    "| a | b |",
    "$0-$50",
    "A$_$",
    r"\input{/etc/passwd} \write18{touch ran}",
    "50% off & #1 {x} ~ ^ _",
    "a--b ?`c ``d'' ,,e",
    '=HYPERLINK("http://x","y")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "'=1+1",
    "{{ 7 * 7 }} {% raw %} {wildcards.page}",
    "[red]danger[/red] :tada:",
]


def flat(text):
    return " ".join(text.split())


# reStructuredText: Snakemake's own report.


def published(source):
    """What docutils makes of a caption, as Snakemake calls it."""
    return docutils.core.publish_parts(source, writer="html")["body"]


class Shown(html.parser.HTMLParser):
    """The text of some HTML, and its tags."""

    def __init__(self, text):
        super().__init__()
        self.text, self.tags = "", []
        self.feed(text)
        self.close()

    def handle_data(self, data):
        self.text += data

    def handle_starttag(self, tag, _):
        self.tags.append(tag)


@pytest.mark.parametrize("text", HOSTILE)
def test_restructured_text_shows_it(text):
    shown = Shown(published(menu.rst(text)))
    assert shown.tags == ["p"]
    assert flat(shown.text) == flat(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_the_reports_first_page_and_captions_show_it(text):
    run = {key: menu.rst(text) for key in ("note", "preset", "data")}
    run |= {"stale": [menu.rst(text)], "studies": [menu.rst(text)], "seeds": [0]}
    for template in ("workflow.rst", "captions/figure.rst", "captions/site.rst"):
        source = (ROOT / "report" / template).read_text()
        plain = {"note": "x", "preset": "x", "data": "x", "stale": ["x"], "studies": ["x"]}
        tags = []
        for ablate, caption in ((run, menu.rst(text)), ({**plain, "seeds": [0]}, "x")):
            snakemake = {
                "config": {"ablate": ablate},
                "wildcards": {"figure": "curves", "page": "runs"},
                "params": {"caption": caption},
            }
            filled = (
                jinja2.Environment(trim_blocks=True, lstrip_blocks=True)
                .from_string(source)
                .render(snakemake=snakemake)
            )
            shown = Shown(published(filled))
            tags.append(shown.tags)
        assert tags[0] == tags[1]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_label_ends_no_script_and_names_no_wildcard(text):
    label = menu.literal(text)
    assert "</" not in label
    assert "<!" not in label
    assert "<s" not in label
    assert not any(label[i + 1].isidentifier() for i, c in enumerate(label[:-1]) if c == "{")
    assert label.replace("\N{WORD JOINER}", "") == text


# Pages of HTML.


@pytest.mark.parametrize("text", HOSTILE)
def test_pages_show_it(text):
    values = {"title": text, "subtitle": text, "notes": [text], "text": [text]}
    template = site._TEMPLATES.from_string(
        "<p title='{{ title }}'>{{ title }}</p>{% for n in notes %}<p>{{ n }}</p>{% endfor %}"
    )
    shown = Shown(template.render(**values))
    assert shown.tags == ["p", "p"]
    assert shown.text == text * 2


# Markdown, by GitHub's own reading of it.


def read_as_github(source):
    return MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(source)


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_shows_it_as_a_paragraph(text):
    shown = Shown(read_as_github(markdown.escape(text)))
    assert shown.tags == ["p"]
    assert flat(shown.text) == flat(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_shows_it_in_titles_notes_and_cells(text):
    page = Page("x", text, text, [Section({"": [text], "b": [text]}, heading=text)], [text], [text])
    tags = [
        Shown(read_as_github(markdown.markdown(one))).tags
        for one in (
            page,
            Page("x", "t", "t", [Section({"": ["t"], "b": ["t"]}, "t")], ["t"], ["t"]),
        )
    ]
    assert tags[0] == tags[1]


# LaTeX.

ALLOWED = (
    *("textbackslash", "textasciicircum", "textasciitilde", "textless", "textgreater", "textbar"),
    *("{", "}", "$", "&", "#", "%", "_"),
)


@pytest.mark.parametrize("text", HOSTILE)
def test_latex_names_no_command_of_its_own(text):
    escaped = latex.escape(text)
    rest = escaped
    for command in ALLOWED:
        rest = rest.replace("\\" + command, "")
    assert "\\" not in rest
    assert not set("$&#%_^~") & set(rest)
    assert "--" not in rest
    assert "''" not in rest.replace("''", "", text.count('"'))


# CSV.


@pytest.mark.parametrize("text", HOSTILE)
def test_csv_opens_no_formula_and_gives_the_text_back(text):
    written = as_csv(pd.DataFrame({"label": [text], "accuracy": [-1.5]}))
    _, (cell, number) = csv.reader(io.StringIO(written))
    assert cell[0] not in "=+-@\t\r"
    assert as_written(cell) == text
    assert number == "-1.5"


def test_numbers_that_are_text_stay_numbers():
    assert as_csv(pd.DataFrame({"a": ["-1.5", "+2", ""]})) == 'a\n-1.5\n+2\n""\n'


# The terminal.


@pytest.mark.parametrize("text", ["\x1b[31mred\x1b[0m", "\udce9", "a\rb", "\x07", "\u202egnp.exe"])
def test_a_message_shows_what_cannot_be_printed(text):
    message = str(AblateError(f"{text}: bad\nnext"))
    assert message.encode().decode().replace("\n", "").isprintable()
    assert message.endswith(": bad\nnext")


def test_commands_show_brackets_as_they_stand(monkeypatch, capsys):
    def answer(console: Console, **_) -> int:
        console.print("milestones [135, 185] [red]danger[/red] :tada:", highlight=False)
        return 0

    monkeypatch.setattr(status, "show", answer)
    assert cli.main(["status"]) == 0
    assert capsys.readouterr().out == "milestones [135, 185] [red]danger[/red] :tada:\n"
