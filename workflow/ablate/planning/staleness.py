"""Which finished products no longer answer what the plan asks, and why.

Beside each product lies a record: the request, the digest of the code and the digests of the
inputs that made it, the sizes and digests of its own files. A product is outdated if its record
differs from what would make it now, damaged if its files differ from the record. No file times and
no memory of earlier calls are used, so results may be moved, copied and touched.
"""

from functools import cache, cached_property
from pathlib import Path
from typing import Any

from ablate.errors import AblateError
from ablate.files import read_json
from ablate.planning import acceptance, chosen, weights
from ablate.planning.disk import Disk
from ablate.planning.made import Made
from ablate.planning.product import Product
from ablate.planning.products import Products
from ablate.runs.glance import Glance, glance, is_sealed
from ablate.runs.record import Record
from ablate.settings import Run

CODE = "code: "
DAMAGED = "damaged: "
UNTOLD = "record: nothing says what made it"


class Staleness:
    """Compares the products of a plan with their records and files; each is compared once."""

    def __init__(self, products: Products) -> None:
        self._products = products
        self._results = products.plan.results
        self._disk = Disk()
        # Each is asked for many times, by what stands on a product.
        self.reason = cache(self.reason)
        self.missing = cache(self.missing)
        self.due = cache(self.due)
        self._record = cache(self._record)

    def reason(self, name: str) -> str | None:
        """Why a finished product must be made anew: None where it is missing or up to date."""
        return None if self.missing(name) else self._compare(name)

    def damage(self, name: str) -> str | None:
        """What is wrong with the files of a finished product that is else as asked for."""
        reason = self.reason(name)
        if reason == UNTOLD:
            return f"{self._products[name].record.name} is cut short or no record"
        return reason.removeprefix(DAMAGED) if reason and reason.startswith(DAMAGED) else None

    @cached_property
    def damaged(self) -> dict[str, str]:
        """The finished runs that are not as their trainings wrote them, each with what is wrong."""
        found = {name: self.damage(name) for name in self._products.of_kind("runs")}
        return {name: damage for name, damage in found.items() if damage is not None}

    def missing(self, name: str) -> list[Path]:
        """The files that a product lacks. A finished run may do without its weights."""
        product = self._products[name]
        found = [path for path in product.files if not self._disk.exists(path)]
        spared = name.startswith("runs/") and found == [product.outputs[0]]
        return [] if spared else found

    def due(self, name: str) -> bool:
        """Whether a product will be made: it is missing, outdated, or stands on one that is due."""
        if self._is_due_itself(name) or name in self._wanted:
            return True
        made_of = set(self._products[name].inputs.values())
        return any(self.due(made) for made in made_of if made != "data")

    def whole(self, name: str) -> bool:
        """Whether a product is there, and all that it is made from, but for the images."""
        return not any(map(self.missing, self._products.behind(name) - {"data"}))

    def remains(self, name: str) -> list[Path]:
        """All files of a product that has lost some of them; none where it is whole or missing."""
        missing, files = self.missing(name), self._products[name].files
        return [*files] if missing and len(missing) < len(files) else []

    def outdated(self) -> dict[str, str]:
        """All finished products of the plan that are outdated, with the reason."""
        reasons = {name: self.reason(name) for name in self._products.names()}
        return {name: reason for name, reason in reasons.items() if reason is not None}

    def finished(self) -> list[str]:
        """The runs of the plan that are finished and up to date, though weights may be wanted."""
        return [name for name in self._products.of_kind("runs") if not self._is_due_itself(name)]

    def recorded_code(self, name: str) -> str | None:
        """The digest of the code that made a product, as its record has it."""
        record = self._record(name)
        return None if record is None else record.code

    def modules_now(self, name: str) -> tuple[str, ...]:
        """The modules that would make a product, observers as they were recorded."""
        product, record = self._products[name], self._record(name)
        recorded = record.observers if isinstance(record, Glance) else []
        return product.modules_with(chosen_then(product, recorded) if recorded else product.chosen)

    def wish(self, name: str) -> str | None:
        """Why a run that is finished and up to date is wanted again all the same; else None."""
        if self._is_due_itself(name) or name not in self._wanted:
            return None
        return "weights: a figure draws them, and they were not kept"

    def written(self, name: str) -> float:
        """When the newest file of a product was written, in seconds since 1970."""
        return max(map(self._disk.written, self._products[name].files))

    def _is_due_itself(self, name: str) -> bool:
        return bool(self.missing(name)) or self.reason(name) is not None

    def _record(self, name: str) -> Glance | Made | None:
        path = self._products[name].record
        return glance(path.parent) if name.startswith("runs/") else Made.read(path)

    def _compare(self, name: str) -> str | None:
        product, record = self._products[name], self._record(name)
        if record is None:
            return UNTOLD
        if isinstance(record, Glance):
            return (
                # First: of an edited record nobody knows what was trained.
                self._broken_seal(product)
                or self.compare_training(product, record)
                or self._damage(product, record)
            )
        if record.request != product.request:
            return f"settings: {_changed(record.request, product.request)} changed"
        if not self._is_code_of(product, record.code, product.code):
            return f"{CODE}{product.step} or a module that it imports has changed"
        return self._compare_inputs(product, record) or self._damage(product, record)

    def _compare_inputs(self, product: Product, record: Made) -> str | None:
        recorded = record.inputs
        named = {self._relative(path): path for path in product.inputs}
        for name, path in named.items():
            if recorded.get(name) != self._disk.digest(path):
                return f"input: {path.name} has changed"
        if set(recorded) != set(named):
            return "inputs: the files it is made from are others"
        return None

    def compare_training(self, product: Product, record: Glance) -> str | None:
        """Why a training of this record is not the one that is asked for; None if it is."""
        request = product.request
        if record.format != Record.VERSION:
            return f"record: it is of format {record.format}, not {Record.VERSION}"
        if record.seed != request["seed"] or not _same(record.settings, request):
            return "settings: it was trained with others"
        if self._data is not None and record.data != self._data:
            return "data: it was trained on other images"
        recorded = record.observers
        missing = [o["name"] for o in request["observers"] if o not in recorded]
        if missing:
            return f"recording: {', '.join(missing)} was not recorded as asked for now"
        code = product.code_with(chosen_then(product, recorded))
        if not self._is_code_of(product, record.code, code):
            return f"{CODE}the training has changed"
        return None

    def _broken_seal(self, run: Product) -> str | None:
        """That a run's record, of whatever format, was edited; None where it is as written."""
        if self._is_as_measured(run) or is_sealed(run.record.parent):
            return None
        return f"{DAMAGED}{run.record.name} is not as it was written"

    def _damage(self, product: Product, record: Glance | Made) -> str | None:
        """What a look at the sizes of a product's files finds.

        The main file of what is made in seconds is digested too: others are made from it.
        """
        of_run = product.name.startswith("runs/")
        root = product.record.parent if of_run else self._results.root
        for file, written in record.outputs.items():
            size = self._disk.size(f"{root}/{file}")
            if size not in (None, written.size):
                return f"{DAMAGED}{Path(file).name} has {size} bytes, not {written.size}"
        if not of_run:
            main = product.outputs[0]
            written = record.outputs.get(self._relative(main))
            if written is not None and written.sha256 != self._disk.digest(main):
                return f"{DAMAGED}{main.name} is not as it was written"
        return None

    def _is_as_measured(self, run: Product) -> bool:
        """Whether a run's record is the one that its metrics were made from: known at no cost."""
        metrics = self._record(run.name.replace("runs", "metrics", 1))
        found = None if metrics is None else metrics.inputs.get(self._relative(run.record))
        return found is not None and found == self._disk.digest(run.record)

    def _is_code_of(self, product: Product, recorded: str | None, code: str) -> bool:
        if recorded == code:
            return True
        return acceptance.is_accepted(self._results, product.name, str(recorded), code)

    @cached_property
    def _wanted(self) -> set[str]:
        """The finished runs that are wanted again for their weights."""
        return weights.wanted(self._products, self._is_due_itself)

    @cached_property
    def _data(self) -> str | None:
        """The digest of the packed data; None before it is packed."""
        manifest = read_json(self._results.manifest)
        return None if manifest is None else manifest.get("digest")

    def _relative(self, path: Path) -> str:
        return str(path).removeprefix(f"{self._results.root}/")


def chosen_then(product: Product, observers: list[dict[str, Any]]) -> tuple[str, ...]:
    """The modules that a run of `product` chose when it was recorded by `observers`.

    These may be more than are asked for now: recording less is no reason to train again.
    """
    asked = [chosen.observer(observer["name"]) for observer in product.request["observers"]]
    others = [name for name in product.chosen if name not in asked]
    return (*others, *(chosen.observer(observer["name"]) for observer in observers))


def _changed(made: dict[str, Any], asked: dict[str, Any]) -> str:
    """What of a request is another now, by its keys; the innermost where it is one alone."""
    keys = [key for key in {**made, **asked} if made.get(key) != asked.get(key)]
    if len(keys) != 1:
        return f"{', '.join(keys)} have" if keys else "the request has"
    before, now = made.get(keys[0]), asked.get(keys[0])
    if isinstance(before, dict) and isinstance(now, dict):
        return f"{keys[0]}.{_changed(before, now)}"
    return f"{keys[0]} has"


def _same(settings: Any, request: dict[str, Any]) -> bool:
    """Whether recorded settings are those asked for; defaults that came later are filled in."""
    if settings == request["settings"]:
        return True
    try:
        return Run.model_validate(settings).resolved() == request["settings"]
    except (ValueError, AblateError):
        return False
