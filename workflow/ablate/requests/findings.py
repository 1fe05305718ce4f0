"""Answers and verdicts: every study with its claims."""

from ablate.requests.asked import Asked, Part
from ablate.requests.runs import ShownRun
from ablate.requests.study import Elsewhere, Noise, Study
from ablate.settings.claims import Comparison


class Named(Part):
    """What a claim's reference stands for: one run, the runs of a family, or what others measured.

    Attributes:
        elsewhere: what was measured there, of a row without runs here.
        reported: the accuracy that the report gives, %; repeated: whether it ran this several
            times.
    """

    label: str
    members: tuple[ShownRun, ...]
    elsewhere: Elsewhere | None = None
    family: bool = False
    reported: float | None = None
    repeated: bool = False


class Claim(Part):
    """A claim with its references resolved.

    Attributes:
        comparisons: one a learning rate where families are compared run by run.
        rows: reference -> what it stands for.
    """

    name: str
    says: str
    matters: float
    comparisons: tuple[Comparison, ...]
    rows: dict[str, Named]


class Repeated(Part):
    """Mean accuracy of the row that the report itself ran n times."""

    mean: float
    n: int


class ReportedNoise(Noise):
    """The scatter of the report's own numbers."""

    repeated: Repeated | None = None


class ClaimingStudy(Study):
    """A study with its claims."""

    claims: tuple[Claim, ...] = ()
    reported_noise: ReportedNoise | None = None


class Findings(Asked):
    """Every study's answer and every claim's verdict."""

    studies: tuple[ClaimingStudy, ...]
