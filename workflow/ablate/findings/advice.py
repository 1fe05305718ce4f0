"""Which seeds to run next: the most claims decided for the time there is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

# Where nothing tells how far runs scatter, so many seeds first.
PILOT = 3


@dataclass(frozen=True)
class Wish:
    """An undecided claim, and what would give it 80 % power at its margin.

    Attributes:
        seeds: that each of its runs needs.
        places: studies and families that these runs stand in.
    """

    claim: str
    seeds: int
    places: frozenset[str]


@dataclass(frozen=True)
class Place:
    """A study or a family, all runs of which get as many seeds.

    Attributes:
        seeds: that each of its runs has.
        seconds: run -> what one more seed takes on this device.
    """

    seeds: int
    seconds: Mapping[str, float]


@dataclass(frozen=True)
class Advised:
    """One line of the advice: places to so many seeds, what that decides, and what it takes."""

    places: tuple[str, ...]
    seeds: int
    claims: tuple[str, ...]
    seconds: float


def steps(
    wishes: Sequence[Wish], places: Mapping[str, Place], budget: float | None = None
) -> list[Advised]:
    """The order that decides most claims soonest: at each turn most claims a second.

    A run that several places share is trained once.

    Args:
        budget: seconds in all; steps that do not fit are left out.
    """
    have = {name: place.seeds for name, place in places.items()}
    left, spent, found = list(wishes), 0.0, []
    while True:
        options = [_step(wish, left, places, have) for wish in left]
        options = [one for one in options if budget is None or spent + one.seconds <= budget]
        if not options:
            return found
        best = max(options, key=lambda one: len(one.claims) / max(one.seconds, 1e-9))
        found.append(best)
        spent += best.seconds
        have = _raised(have, best.places, best.seeds)
        left = [wish for wish in left if wish.claim not in best.claims]


def _step(
    asked: Wish, wishes: Sequence[Wish], places: Mapping[str, Place], have: Mapping[str, int]
) -> Advised:
    """What it takes to fulfil one wish, and which others that fulfils as well."""
    after = _raised(have, asked.places, asked.seeds)
    takes = _trained(places, after) - _trained(places, have)
    decided = tuple(wish.claim for wish in wishes if _fulfilled(wish, after))
    return Advised(tuple(sorted(asked.places)), asked.seeds, decided, takes)


def _raised(have: Mapping[str, int], names: Iterable[str], seeds: int) -> dict[str, int]:
    """The seeds of each place once these have no fewer than so many."""
    return {**have, **{name: max(have[name], seeds) for name in names}}


def _trained(places: Mapping[str, Place], seeds: Mapping[str, int]) -> float:
    """Seconds of all runs with so many seeds a place; a run of several has the most of them."""
    most: dict[str, int] = {}
    seconds: dict[str, float] = {}
    for name, place in places.items():
        for run, took in place.seconds.items():
            most[run] = max(most.get(run, 0), seeds[name])
            seconds[run] = took
    return sum(most[run] * seconds[run] for run in most)


def _fulfilled(wish: Wish, have: Mapping[str, int]) -> bool:
    return all(have[name] >= wish.seeds for name in wish.places)
