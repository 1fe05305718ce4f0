"""Answers and verdicts: every study with its claims."""

from ablate.requests.asked import Asked, Part
from ablate.requests.runs import ShownRun
from ablate.requests.study import AskedStudy
from ablate.settings.claims import Comparison
from ablate.settings.elsewhere import Elsewhere
from ablate.settings.study import Noise


class Referent(Part):
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


class AskedClaim(Part):
    """A claim with its references resolved.

    Attributes:
        comparisons: all must hold; one a learning rate where families are compared run by run.
        referents: reference -> what it stands for.
    """

    name: str
    says: str
    matters: float = 1.0
    comparisons: tuple[Comparison, ...]
    referents: dict[str, Referent]

    @property
    def kind(self) -> str:
        """Of its first comparison."""
        return self.comparisons[0].kind

    @property
    def labels(self) -> dict[str, str]:
        """What each reference is called."""
        return {reference: found.label for reference, found in self.referents.items()}

    @property
    def reported(self) -> dict[str, float]:
        """The accuracy that the report gives for a reference, where it gives one."""
        given = {reference: found.reported for reference, found in self.referents.items()}
        return {reference: value for reference, value in given.items() if value is not None}


class ClaimingStudy(AskedStudy):
    """A study with its claims; reported_noise: the scatter of the report's own numbers."""

    claims: tuple[AskedClaim, ...] = ()
    reported_noise: Noise | None = None


class AskedFindings(Asked):
    """Every study's answer and every claim's verdict."""

    studies: tuple[ClaimingStudy, ...]
