"""The shape of a study's answer: every row against its control."""

from dataclasses import dataclass, field

# What a row is against its control. "unclear" is no "alike": the runs cannot tell.
RELATIONS = ("better", "worse", "alike", "unclear", "one run", "not measured")


@dataclass(frozen=True)
class AgainstControl:
    """A row against its control, in percentage points of best test accuracy.

    Attributes:
        row, label: of the row; `control`, `control_label`: of what it is compared with.
        relation: one of RELATIONS; better and worse hold after Holm over the study's rows, alike is
            an equivalence test within `Answer.matters`.
        difference: mean of the row less mean of the control.
        low, high: its 95 % interval; None where the scatter is not known.
        p: two-sided, adjusted by Holm over the study's rows.
        n, control_n: runs on either side.
        improvement: probability that a run of the row beats a run of the control (Bouthillier et
            al., MLSys 2021), with its interval; None with a single run on a side.
        paired: (mean, low, high) of the differences seed by seed, where rows share their first
            weights and order of data; else None.
        same_images: the two networks on the same test images; None where predictions are not there.
        last_relation: the relation after the last epoch instead of the best.
    """

    row: str
    label: str
    control: str
    control_label: str
    relation: str
    n: int
    control_n: int
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    improvement: tuple[float, float, float] | None = None
    paired: tuple[float, float, float] | None = None
    same_images: "SameImages | None" = None
    last_relation: str | None = None


@dataclass(frozen=True)
class SameImages:
    """Two trained networks on the same test images: valid for these weights alone.

    Attributes:
        only_row, only_control: images that only the one, or only the other, gets right.
        images: of the test set.
        p: of the exact McNemar test.
        low, high: 95 % interval of the difference in percentage points, over images like these.
        seed: of both runs.
    """

    only_row: int
    only_control: int
    images: int
    p: float
    low: float
    high: float
    seed: int


@dataclass(frozen=True)
class Effect:
    """What a factor of a grid does, or two together.

    Attributes:
        kind: main effect (averaged over the other factors) or interaction (a difference of two
            differences).
        text: in words, such as "GELU against ReLU".
        difference: in percentage points; `low`, `high`: its 95 % interval, None where the
            scatter is not known.
        p: two-sided, adjusted by Holm over the study's effects.
    """

    kind: str
    text: str
    difference: float
    low: float | None = None
    high: float | None = None
    p: float | None = None


@dataclass(frozen=True)
class Scatter:
    """How far runs of one setting scatter, and how that is known.

    Attributes:
        kind: pooled (one sd for all rows), welch (each row its own), stated (by the config, for
            single runs) or unknown.
        sd: standard deviation of single runs, percentage points; None where it is unknown, and for
            welch unless the config states that of its single runs.
        df: degrees of freedom behind it.
        source: who states it, for a stated one.
        floor: largest sd of a row that its test images alone make, where that is more than runs
            scattered and so counts instead; None where it is not.
        ratio: largest over smallest sd of the rows that trained; None where not known.
        sampling: share of the runs' variance that is the test images' own sampling (Jordan, ICLR
            2024), 0 to 1; None where not known.
    """

    kind: str
    sd: float | None = None
    df: int | None = None
    source: str = ""
    floor: float | None = None
    ratio: float | None = None
    sampling: float | None = None


@dataclass(frozen=True)
class Answer:
    """What a study answers to its question.

    Attributes:
        word: Yes, No, In part or Unclear, for a question that asks whether something is better;
            else "".
        sentence: the whole answer, ready to be shown: opens page, Markdown and `ablate status`.
        matters: percentage points within which two rows count as alike.
        comparisons: every row that has a control.
        effects: of a grid, main effects and interactions.
        no_winner: why no row may be called best; "" where `best` names one.
        best: the row that is better than all others, if the runs can tell.
        methods, result: sentences to copy into a paper.
        preset, data, seeds: what it holds for.
    """

    study: str
    question: str
    word: str
    sentence: str
    matters: float
    scatter: Scatter
    comparisons: list[AgainstControl] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    best: str | None = None
    no_winner: str = ""
    methods: str = ""
    result: str = ""
    preset: str = ""
    data: str = ""
    seeds: list[int] = field(default_factory=list)
