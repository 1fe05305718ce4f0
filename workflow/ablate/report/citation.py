"""How to cite the project, from its CITATION.cff."""

from pathlib import Path

import yaml

CITATION = Path(__file__).parents[3] / "CITATION.cff"


def bibtex(path: Path = CITATION) -> str | None:
    """The citation as BibTeX; None where there is no CITATION.cff (an installed package)."""
    if not path.exists():
        return None
    cited = yaml.safe_load(path.read_text(encoding="utf-8"))
    authors = " and ".join(_author(author) for author in cited["authors"])
    fields = {
        "author": authors,
        "title": f"{{{cited['title']}}}",
        "version": cited.get("version"),
        "year": str(cited.get("date-released", ""))[:4] or None,
        "url": cited.get("repository-code"),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join(["@software{ablate,", *lines, "}"])


def _author(author: dict[str, str]) -> str:
    if "name" in author:
        return f"{{{author['name']}}}"
    return f"{author['family-names']}, {author['given-names']}"
