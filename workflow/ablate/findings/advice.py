"""Which seeds to run next: the most claims decided for the time there is."""

from collections.abc import Sequence
from dataclasses import dataclass

# Where nothing tells how far runs scatter, so many seeds first.
PILOT = 3


@dataclass(frozen=True)
class Wish:
    """An undecided claim, and the seeds a row that give it 80 % power at its margin."""

    claim: str
    seeds: int


@dataclass(frozen=True)
class Ask:
    """A study with undecided claims.

    Attributes:
        seeds: that every row has now.
        seconds: of one more seed of all its rows on this device.
    """

    study: str
    seeds: int
    seconds: float
    wishes: Sequence[Wish]


@dataclass(frozen=True)
class Step:
    """One line of the advice: a study to so many seeds, what that decides, and what it takes."""

    study: str
    seeds: int
    claims: tuple[str, ...]
    seconds: float


def steps(asks: Sequence[Ask], budget: float | None = None) -> list[Step]:
    """The order that decides most claims soonest: at each turn most claims a second.

    Args:
        budget: seconds in all; steps that do not fit are left out.
    """
    have = {ask.study: ask.seeds for ask in asks}
    left = {ask.study: list(ask.wishes) for ask in asks}
    spent, found = 0.0, []
    while True:
        options = [
            _step(ask, wish.seeds, have[ask.study], left[ask.study])
            for ask in asks
            for wish in left[ask.study]
        ]
        options = [one for one in options if budget is None or spent + one.seconds <= budget]
        if not options:
            return found
        best = max(options, key=lambda one: len(one.claims) / max(one.seconds, 1e-9))
        found.append(best)
        spent += best.seconds
        have[best.study] = max(best.seeds, have[best.study])
        left[best.study] = [w for w in left[best.study] if w.claim not in best.claims]


def _step(ask: Ask, seeds: int, have: int, wishes: Sequence[Wish]) -> Step:
    decided = tuple(wish.claim for wish in wishes if wish.seeds <= seeds)
    return Step(ask.study, seeds, decided, max(0, seeds - have) * ask.seconds)
