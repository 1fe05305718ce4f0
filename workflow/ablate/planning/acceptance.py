"""Changes of code that a user knows to be harmless: what they outdate is taken as it is.

Beside the records stands what was accepted: from which code to which, of which modules, and when.
It holds for that one step from code to code, so the next change is a question again; and for that
one product, until it is made anew.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from ablate.files import read_json, write_text
from ablate.paths import Results, TrainingId
from ablate.planning import code
from ablate.planning.made import Made
from ablate.runs.glance import glance


def is_accepted(results: Results, product: str, recorded: str, now: str) -> bool:
    """Whether `product`, made by the code `recorded`, was accepted as if made by the code `now`."""
    found = read_json(results.acceptance(product))
    return found is not None and (found.get("from"), found.get("to")) == (recorded, now)


def accept(results: Results, product: str, recorded: str, modules: Sequence[str]) -> None:
    """Take `product`, made by the code `recorded`, as if made by `modules` as they are now."""
    when = datetime.now(UTC).isoformat(timespec="seconds")
    now = code.digest(*modules)
    said = {"from": recorded, "to": now, "modules": [*modules], "when": when}
    write_text(results.acceptance(product), json.dumps(said) + "\n")


def accepted(results: Results) -> dict[str, dict[str, Any]]:
    """What counts as up to date because it was accepted, by name: `from` and `to` which code, by
    which `modules`, and `when`."""
    found = {}
    for path in sorted(results.acceptances.rglob("*.json")):
        product = str(path.relative_to(results.acceptances)).removesuffix(".json")
        said = read_json(path) or {}
        if said.get("from") == _recorded(results, product) and said.get("to") == _now(said):
            found[product] = said
    return found


def _now(said: dict[str, Any]) -> str | None:
    """The digest of the code that was accepted, as it is now; None if some of it is gone."""
    modules = said.get("modules", [])
    return code.digest(*modules) if all(map(code.source, modules)) else None


def _recorded(results: Results, product: str) -> str | None:
    """The digest of the code that made a product, as its record has it."""
    if product.startswith("runs/"):
        record = glance(results.run(*TrainingId.parse(product)))
    else:
        record = Made.read(results.record(product))
    return None if record is None else record.code
