"""CSV that a spreadsheet opens as what it says: text that looks like a formula is not run.

An apostrophe before such text is what spreadsheets themselves use (OWASP, "CSV Injection").
"""

import pandas as pd

# What makes a spreadsheet take a cell for a formula, where it stands first.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv(frame: pd.DataFrame, separator: str = ",") -> str:
    """`frame` as CSV, with an apostrophe before text that a spreadsheet would run."""
    texts = frame.select_dtypes(["object", "str"]).columns
    inert = {name: frame[name].map(_inert, na_action="ignore") for name in texts}
    return frame.assign(**inert).to_csv(index=False, sep=separator, lineterminator="\n")


def as_written(cell: str) -> str:
    """A cell's text as it was before `csv`."""
    return cell[1:] if cell.startswith("'") and _is_formula(cell) else cell


def _inert(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and _is_formula(value) else value


def _is_formula(text: str) -> bool:
    return text.lstrip("'")[:1] in FORMULA and not _is_number(text)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
