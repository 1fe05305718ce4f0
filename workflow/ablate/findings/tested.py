"""From links to a verdict: what holds, what is reversed, and how sure that is.

A claim is confirmed if every link holds: p is the largest, without correction, as an
intersection-union test allows (Berger, Technometrics 24, 1982). It is contradicted if one link is
reversed: p is the smallest times the number of links. Over the claims of one study Holm's procedure
stands on twice the smaller of the two.

A link whose numbers are counted, not measured, holds or is reversed by itself: its p are 0 and 1.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ablate.findings.contrast import Estimate, estimate, known
from ablate.findings.links import Above, Asserted, BestAbove
from ablate.findings.multiplicity import ALPHA
from ablate.findings.sample import Sample
from ablate.findings.spread import Spread
from ablate.findings.verdict import Link

Samples = Mapping[str, Sample]
Spreads = Mapping[str, Spread | None]


@dataclass(frozen=True)
class Tested:
    """The links of one claim, tested.

    Attributes:
        links: in the order in which they are asserted.
        estimates: behind each; None where runs are counted and no means compared.
        confirmed, contradicted: p; NaN where a link could not be tested.
        exact: whether all of it is counted, so that every p is 0 or 1 and nothing is luck.
    """

    links: list[Link]
    estimates: list[Estimate | None]
    confirmed: float
    contradicted: float
    exact: bool = False

    @property
    def p(self) -> float:
        """Two-sided: that the claim is neither confirmed nor contradicted by luck."""
        if self.exact or math.isnan(self.confirmed):
            return math.nan
        return min(1.0, 2 * min(self.confirmed, self.contradicted))

    @property
    def deciding(self) -> int:
        """The link that decides: the weakest if the claim is borne out, else the most reversed.

        Of links of one p that of the smallest estimate.
        """
        at = sorted(range(len(self.links)), key=lambda i: self.links[i].excess)
        if math.isnan(self.confirmed):
            return at[0]
        if self.confirmed <= self.contradicted:
            return max(at, key=lambda i: _or_one(self.links[i].holds))
        return min(at, key=lambda i: _or_one(self.links[i].reversed))

    def verdict(self, adjusted: float) -> str:
        """The verdict at this adjusted p."""
        p = min(self.confirmed, self.contradicted) if self.exact else adjusted
        if not p <= ALPHA:
            return "undecided"
        return "confirmed" if self.confirmed < self.contradicted else "contradicted"


def examine(
    asserted: Sequence[Asserted], samples: Samples, spreads: Spreads, exact: bool = False
) -> Tested:
    """Test every link both ways.

    Args:
        exact: for what is counted, not measured: the numbers decide.
    """
    found = [
        _above(link, samples, spreads)
        if isinstance(link, Above)
        else _best_above(link, samples, spreads)
        for link in asserted
    ]
    tested = [_counted(link) if exact else link for link, _ in found]
    return combined(tested, [behind for _, behind in found], exact)


def joined(parts: Sequence[Tested]) -> Tested:
    """The claim that all of these hold."""
    return combined(
        [link for part in parts for link in part.links],
        [found for part in parts for found in part.estimates],
        all(part.exact for part in parts),
    )


def combined(links: list[Link], estimates: list[Estimate | None], exact: bool = False) -> Tested:
    """The claim that all these links hold."""
    holds = [math.nan if link.holds is None else link.holds for link in links]
    backs = [math.nan if link.reversed is None else link.reversed for link in links]
    told = [back for back in backs if not math.isnan(back)]
    contradicted = min(1.0, min(told) * len(links)) if told else math.nan
    confirmed = math.nan if any(map(math.isnan, holds)) else max(holds)
    # One reversed link contradicts, whatever of the others is known; counted ones that hold do not.
    if math.isnan(confirmed) and any(back < 1 for back in told):
        confirmed = 1.0
    return Tested(links, estimates, confirmed, contradicted, exact)


def _counted(link: Link) -> Link:
    """The same without luck: it holds, or is reversed."""
    holds = link.excess > 0
    return replace(link, holds=float(not holds), reversed=float(holds))


def _or_one(p: float | None) -> float:
    return 1.0 if p is None else p


def _above(link: Above, samples: Samples, spreads: Spreads) -> tuple[Link, Estimate]:
    found = estimate(link.weights, samples, spreads)
    above, below = found.above(link.bound), found.below(link.bound)
    holds, backs = (below, above) if link.below else (above, below)
    return _link(link, found, holds, backs), found


def _best_above(link: BestAbove, samples: Samples, spreads: Spreads) -> tuple[Link, Estimate]:
    """The largest of some lies above the largest of others, whichever these are.

    It does if one of `these` lies above all of `those`: for each a union-intersection test, and
    Bonferroni over which one it is. Choosing the best by eye would be a test of the lucky.
    """
    found = {
        (a, b): estimate({a: 1.0, b: -1.0}, samples, spreads)
        for a in link.these
        for b in link.those
    }
    if any(math.isnan(each.error) for each in found.values()):
        holds = backs = math.nan
    else:
        holds = min(max(found[a, b].above(link.bound) for b in link.those) for a in link.these)
        backs = min(max(found[a, b].below(link.bound) for a in link.these) for b in link.those)
    best, other = (
        max(rows, key=lambda row: samples[row].mean) for rows in (link.these, link.those)
    )
    one = found[best, other]
    holds, backs = holds * len(link.these), backs * len(link.those)
    return _link(link, one, min(holds, 1.0), min(backs, 1.0)), one


def _link(link: Asserted, found: Estimate, holds: float, reversed_: float) -> Link:
    low, high = found.interval()
    return Link(
        link.text,
        known(found.value),
        link.bound,
        known(low),
        known(high),
        known(holds),
        known(reversed_),
        below=getattr(link, "below", False),
        level=len(getattr(link, "weights", ())) == 1,
    )
