"""Reads the report's pages in tests: what a browser would find, without one."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "img", "input", "br"}


@dataclass
class Element:
    """An HTML element: its attributes, its children, and the text directly within."""

    tag: str
    attributes: dict[str, str | None]
    children: list["Element | str"] = field(default_factory=list)

    def all(self, tag: str, **attributes: str) -> list["Element"]:
        """Every such element below, in order; class_ matches one of the classes."""
        found = []
        for child in self.children:
            if isinstance(child, Element):
                if child.tag == tag and child._has(attributes):
                    found.append(child)
                found += child.all(tag, **attributes)
        return found

    def one(self, tag: str, **attributes: str) -> "Element":
        """The only such element below."""
        (found,) = self.all(tag, **attributes)
        return found

    @property
    def text(self) -> str:
        """All text below, white space collapsed."""
        parts = [c if isinstance(c, str) else c.text for c in self.children]
        return " ".join(" ".join(parts).split())

    def _has(self, wanted: dict[str, str]) -> bool:
        classes = (self.attributes.get("class") or "").split()
        return all(
            value in classes if name == "class_" else self.attributes.get(name) == value
            for name, value in wanted.items()
        )


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("document", {})
        self.open = [self.root]

    def handle_starttag(self, tag, attributes):
        element = Element(tag, dict(attributes))
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data):
        self.open[-1].children.append(data)


def read(text: str) -> Element:
    """The page as a tree.

    Every element is closed where it should be, and nothing on the page comes from elsewhere.
    """
    reader = _Reader()
    reader.feed(text)
    assert reader.open == [reader.root]
    for tag in ("link", "img", "script", "iframe", "a", "source"):
        for element in reader.root.all(tag):
            for name in ("src", "href", "srcset"):
                assert (element.attributes.get(name) or "data:").startswith(("data:", "#"))
    for style in reader.root.all("style"):
        assert "url(" not in style.text
        assert "@import" not in style.text
    return reader.root


def rows(table: Element) -> list[list[str]]:
    """The texts of a table's body."""
    body = table.one("tbody")
    return [[c.text for c in r.children if isinstance(c, Element)] for r in body.all("tr")]


def headers(table: Element) -> list[str]:
    """The texts of a table's headers."""
    return [cell.text for cell in table.one("thead").all("th")]
