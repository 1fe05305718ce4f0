"""Seeds: a list, in which 3-7 stands for 3, 4, 5, 6 and 7."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from ablate.settings.plain import MOST_VALUES
from ablate.settings.refusal import refuse, shown

RANGE = r"^[0-9]{1,10}-[0-9]{1,10}$"
# Ranges say more than a list of more seeds than these.
LISTED = 10


def _one_by_one(written: Any) -> Any:
    """What is written, each range in it spelled out."""
    if not isinstance(written, list):
        raise refuse(f"found {shown(written)}, a list is needed: [0, 1, 2], or [0-2] for short")
    return [seed for part in written for seed in _seeds(part)]


def _seeds(written: Any) -> Sequence[Any]:
    if not isinstance(written, str) or not re.match(RANGE, written, re.ASCII):
        return [written]
    first, last = map(int, written.split("-"))
    if first > last:
        raise refuse(f"found {shown(written)}, the smaller seed of a range comes first")
    if last - first >= MOST_VALUES:
        raise refuse(f"found {shown(written)}, a range of at most {MOST_VALUES:,} seeds is needed")
    return range(first, last + 1)


def _different(seeds: list[int]) -> list[int]:
    repeated = [seed for seed, count in Counter(seeds).items() if count > 1]
    if repeated:
        raise refuse(f"found {min(repeated)} more than once; list each seed once")
    return seeds


Seed = Annotated[
    int,
    Field(strict=True, ge=0, lt=2**32),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0, "exclusiveMaximum": 2**32},
                {"type": "string", "pattern": RANGE},
            ]
        }
    ),
]
Seeds = Annotated[
    list[Seed],
    Field(min_length=1),
    BeforeValidator(_one_by_one),
    AfterValidator(_different),
]


def spelled(seeds: Sequence[int]) -> str:
    """Seeds as a config takes them."""
    return f"[{', '.join(map(str, in_ranges(seeds)))}]"


def in_ranges(seeds: Sequence[int]) -> list[int | str]:
    """Seeds one by one, or in ranges where they are many."""
    if len(seeds) <= LISTED:
        return [*seeds]
    neighbours = groupby(enumerate(sorted(seeds)), key=lambda placed: placed[1] - placed[0])
    runs = [[seed for _, seed in run] for _, run in neighbours]
    return [run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]
