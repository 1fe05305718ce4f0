"""Which finished products no longer answer what the plan asks, and why.

Beside each product lies a record: the request, the digest of the code and the digests of the
inputs that made it. A product is outdated if its record differs from what would make it now. No
file times and no memory of earlier calls are used, so results may be moved, copied and touched.
"""

import json
from functools import cached_property
from pathlib import Path
from typing import Any

from ablate.errors import AblateError
from ablate.files import digest
from ablate.planning import code
from ablate.planning.products import OBSERVERS, Product, Products
from ablate.settings import Run


class Staleness:
    """Compares the products of a plan with their records; each is compared once."""

    def __init__(self, products: Products) -> None:
        self._products = products
        self._found: dict[str, str | None] = {}
        self._digests: dict[Path, str | None] = {}

    def reason(self, name: str) -> str | None:
        """Why a finished product must be made anew: None where it is missing or up to date."""
        if name not in self._found:
            product = self._products[name]
            finished = all(path.exists() for path in product.outputs)
            self._found[name] = self._compare(product) if finished else None
        return self._found[name]

    def due(self, name: str) -> bool:
        """Whether a product will be made: it is missing, outdated, or stands on one that is due."""
        product = self._products[name]
        if not all(path.exists() for path in (*product.outputs, product.record)):
            return True
        if self.reason(name) is not None:
            return True
        if name.startswith("runs/"):
            return False
        return any(self.due(made) for made in product.inputs.values() if made and made != "data")

    def remains(self, name: str) -> list[Path]:
        """All files of a product that has lost some of them; none where it is whole or missing."""
        product = self._products[name]
        files = list(dict.fromkeys((*product.outputs, product.record)))
        there = [path.exists() for path in files]
        return files if any(there) and not all(there) else []

    def outdated(self) -> dict[str, str]:
        """All finished products of the plan that are outdated, with the reason."""
        reasons = {name: self.reason(name) for name in self._products.names()}
        return {name: reason for name, reason in reasons.items() if reason is not None}

    def _compare(self, product: Product) -> str | None:
        record = read(product.record)
        if record is None:
            return "no record says what made it"
        if product.name.startswith("runs/"):
            return self._compare_training(product, record)
        if record.get("request") != portable(product.request):
            return "settings: it was asked for otherwise"
        if record.get("code") != product.code:
            return f"code: {product.step} or what it imports has changed"
        for path in product.inputs:
            if record.get("inputs", {}).get(self._relative(path)) != self._digest(path):
                return f"input: {path} has changed"
        if set(record.get("inputs", {})) != {self._relative(path) for path in product.inputs}:
            return "inputs: other files are asked for"
        return None

    def _compare_training(self, product: Product, record: dict[str, Any]) -> str | None:
        request = product.request
        if record.get("seed") != request["seed"] or not _same(record.get("settings"), request):
            return "settings: it was trained with others"
        if self._data is not None and record.get("data") != self._data:
            return "data: it was trained on other images"
        recorded = record.get("observers", [])
        missing = [o["name"] for o in request["observers"] if o not in recorded]
        if missing:
            return f"recording: {', '.join(missing)} was not recorded so"
        if record.get("code") != code.digest(product.step, chosen_then(product, recorded)):
            return "code: the training or what it imports has changed"
        return None

    @cached_property
    def _data(self) -> str | None:
        """The digest of the packed data; None before it is packed."""
        manifest = read(self._products.plan.results.manifest)
        return None if manifest is None else manifest.get("digest")

    def _digest(self, path: Path) -> str | None:
        if path not in self._digests:
            self._digests[path] = digest(path) if path.exists() else None
        return self._digests[path]

    def _relative(self, path: Path) -> str:
        return str(path.relative_to(self._products.plan.results.root))


def chosen_then(product: Product, observers: list[dict[str, Any]]) -> tuple[str, ...]:
    """The modules that a run of `product` chose when it was recorded by `observers`.

    These may be more than are asked for now: recording less is no reason to train again.
    """
    others = [name for name in product.chosen if not name.startswith(OBSERVERS)]
    return (*others, *(f"{OBSERVERS}{observer['name']}" for observer in observers))


def portable(request: dict[str, Any]) -> dict[str, Any]:
    """A request as a record keeps it: plain JSON."""
    return json.loads(json.dumps(request))


def read(path: Path) -> dict[str, Any] | None:
    """A record; None where it is missing or no JSON mapping (an unfinished or damaged one)."""
    try:
        record = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) else None


def _same(settings: Any, request: dict[str, Any]) -> bool:
    """Whether recorded settings are those asked for; defaults that came later are filled in."""
    if settings == request["settings"]:
        return True
    try:
        return Run.model_validate(settings).resolved() == request["settings"]
    except (ValueError, AblateError):
        return False
