"""Changes of code that a user knows to be harmless: what they outdate is taken as it is.

Beside the records stands what was accepted: from which code to which, and when. It holds for that
one step from code to code, so the next change is a question again.
"""

import json
from datetime import UTC, datetime

from ablate.files import read_json, write_text
from ablate.paths import Results


def is_accepted(results: Results, product: str, recorded: str, code: str) -> bool:
    """Whether `product`, made by the code `recorded`, was accepted as if made by `code`."""
    found = read_json(results.acceptance(product))
    return found is not None and (found.get("from"), found.get("to")) == (recorded, code)


def accept(results: Results, product: str, recorded: str, code: str) -> None:
    """Take `product`, made by the code `recorded`, as if made by `code`."""
    when = datetime.now(UTC).isoformat(timespec="seconds")
    said = {"from": recorded, "to": code, "when": when}
    write_text(results.acceptance(product), json.dumps(said) + "\n")


def accepted(results: Results, product: str) -> str | None:
    """When a product was last accepted; None if never."""
    found = read_json(results.acceptance(product))
    return None if found is None else found.get("when")
