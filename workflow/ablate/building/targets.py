"""Targets on the command line: what nothing makes is named together with what was probably meant.

By itself Snakemake says that no rule produces it, and has no nearest name.
"""

import difflib
import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from ablate.planning.products import Products

# Values of options: a number, a setting.
VALUE = re.compile(r"\d+|\w+=.*", re.S)


def may_be_wrong(
    products: Products, arguments: Iterable[str], is_made: Callable[[str], bool]
) -> bool:
    """Whether any word of a command line would be refused as a target.

    Which words are targets only Snakemake's own parser knows, and it takes a third of a second.
    """
    words = (word for word in arguments if not word.startswith("-") and not VALUE.fullmatch(word))
    return any(refusal(products, word, is_made) for word in words)


def refusal(products: Products, target: str, is_made: Callable[[str], bool]) -> str | None:
    """What is wrong with a target; None where Snakemake may have it.

    is_made: whether a rule has this name or produces this file.
    """
    path = target if os.path.isabs(target) else os.path.normpath(target)
    unknown_run = _run(products, path) not in (None, *products.names_of("runs"))
    inside = Path(path).is_relative_to(products.plan.config.results)
    if (is_made(path) and not unknown_run) or (os.path.exists(path) and not inside):
        return None
    preset = _preset(products, path)
    if preset is not None:
        return f"{target} is a result of preset {preset}: {_with_preset(products, path, preset)}"
    meant = _names(products, path)
    close = difflib.get_close_matches(path, meant, n=1)
    if close:
        return f"unknown target {target!r}; did you mean {meant[close[0]]!r}?"
    example = products.plan.results.table(next(iter(products.plan.studies), "summary"))
    return f"unknown target {target!r}; a target is a rule's name, or a file such as {example}"


def _run(products: Products, path: str) -> str | None:
    """RUN/seedN where a path lies in a run's folder."""
    parts = Path(path).parts
    inside = (*products.plan.results.root.parts, "runs")
    rest = parts[len(inside) :]
    return "/".join(rest[:2]) if parts[: len(inside)] == inside and len(rest) > 2 else None


def _preset(products: Products, path: str) -> str | None:
    """The preset that a path's folder belongs to, if it is another one."""
    config, above = products.plan.config, Path(products.plan.config.results)
    if not Path(path).is_relative_to(above):
        return None
    first, *rest = Path(path).relative_to(above).parts or ("",)
    found = first if first in config.presets and rest else "paper"
    return found if found != config.preset else None


def _with_preset(products: Products, path: str, preset: str) -> str:
    """How to ask for what lies in another preset's folder: by that preset, or at this one."""
    plan, root = products.plan, Path(products.plan.config.results)
    inside = Path(path).relative_to(root / preset if preset != "paper" else root)
    here = str(plan.results.root / inside)
    asked = f"add --config preset={preset}"
    if here not in _names(products, here):
        return asked
    return f"{asked}, or ask for {here}, that of preset {plan.config.preset}"


def _names(products: Products, path: str) -> dict[str, str]:
    """What may have been meant: name -> target. A bare word means a table or figure by its name."""
    results = products.plan.results
    if run := _run(products, path):
        file = path.partition(run)[2]
        files = [f"{results.root}/runs/{each}{file}" for each in products.names_of("runs")]
        return {file: file for file in files}
    if os.sep not in path:
        figures = {name: str(results.figure(name)) for name in products.names_of("figures")}
        return figures | {name: str(results.table(name)) for name in products.names_of("tables")}
    kinds = ("data", "findings", "tables", "figures", "report")
    made = [products[name] for kind in kinds for name in products.of_kind(kind)]
    return {str(file): str(file) for product in made for file in product.files}
