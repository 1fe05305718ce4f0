"""Changes of code that a user knows to be harmless: what they outdate is taken as it is.

Beside the records stands what was accepted: from which code to which, and when. It holds for that
one step from code to code, so the next change is a question again; and for that one product, until
it is made anew.
"""

import json
from datetime import UTC, datetime

from ablate.files import read_json, write_text
from ablate.paths import Results, run_and_seed
from ablate.planning.made import Made
from ablate.runs.glance import glance


def is_accepted(results: Results, product: str, recorded: str, code: str) -> bool:
    """Whether `product`, made by the code `recorded`, was accepted as if made by `code`."""
    found = read_json(results.acceptance(product))
    return found is not None and (found.get("from"), found.get("to")) == (recorded, code)


def accept(results: Results, product: str, recorded: str, code: str) -> None:
    """Take `product`, made by the code `recorded`, as if made by `code`."""
    when = datetime.now(UTC).isoformat(timespec="seconds")
    said = {"from": recorded, "to": code, "when": when}
    write_text(results.acceptance(product), json.dumps(said) + "\n")


def accepted(results: Results) -> dict[str, str]:
    """What was accepted and not made anew since, by name: when."""
    found = {}
    for path in sorted(results.acceptances.rglob("*.json")):
        product = str(path.relative_to(results.acceptances)).removesuffix(".json")
        said = read_json(path) or {}
        if "when" in said and said.get("from") == _recorded(results, product):
            found[product] = said["when"]
    return found


def _recorded(results: Results, product: str) -> str | None:
    """The digest of the code that made a product, as its record has it."""
    kind, _, name = product.partition("/")
    if kind == "runs":
        record = glance(results.run(*run_and_seed(name)))
    else:
        record = Made.read(results.record(product))
    return None if record is None else record.code
