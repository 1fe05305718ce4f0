"""The page's scripts, in the order in which they run: what a later one uses comes before."""

from pathlib import Path

NAMES = (
    *("dom.js", "data.js", "charts.js", "rows.js"),
    *("results.js", "evidence.js", "study.js", "run.js", "compare.js", "list.js", "about.js"),
)


def text() -> str:
    """All scripts, one after the other."""
    here = Path(__file__).parent
    return "\n".join((here / name).read_text(encoding="utf-8") for name in NAMES)
