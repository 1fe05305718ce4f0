"""An answer in words: the sentence that opens a page, and sentences to copy into a paper."""

import re
from collections.abc import Sequence

from ablate.findings.answer import Comparison, Scatter
from ablate.findings.words import counted, listed, with_interval

# So many rows are spelt out; the others are counted.
SPELT = 6
ORDER = ("better", "worse", "alike", "unclear", "one run", "not measured")
ASKS = re.compile(r"(do|does|did|is|are|will|can|could|should|would)\b", re.IGNORECASE)
BETTER = re.compile(r"\b(better|help|helps|improve|improves|gain|gains)\b", re.IGNORECASE)


def word(question: str, found: Sequence[Comparison]) -> str:
    """Yes, No, In part or Unclear, where the question asks whether something is better; else "".

    Yes: every row is better than its control. In part: some are. No: none is, and at least one is
    worse, or all are alike.
    """
    if not (ASKS.match(question) and BETTER.search(question)) or not found:
        return ""
    relations = [one.relation for one in found]
    better = relations.count("better")
    if better:
        return "Yes" if better == len(relations) else "In part"
    return "No" if "worse" in relations or set(relations) == {"alike"} else "Unclear"


def sentence(question: str, found: Sequence[Comparison]) -> str:
    """The answer of a study: every row against its control, the clear ones first."""
    if not found:
        return "No row is compared with a control."
    if all(one.relation == "not measured" for one in found):
        return "Not measured yet."
    lead = word(question, found)
    ranked = sorted(found, key=lambda one: ORDER.index(one.relation))
    single = all(one.relation in ("one run", "not measured") for one in found)
    controls = {one.control_label for one in found}
    shown = [_spelt(one, single, len(controls) > 1) for one in ranked[:SPELT]]
    left = len(ranked) - SPELT
    more = [f"and {counted(left, 'more row')}"] if left > 0 else []
    against = f"Against {controls.pop()}: " if len(controls) == 1 else ""
    caution = " With one run a row, no difference can be told from luck." if single else ""
    opening = f"{lead}. " if lead else ""
    return f"{opening}{against}{'; '.join([*shown, *more])}.{caution}"


def _spelt(one: Comparison, single: bool, named: bool) -> str:
    """A comparison in words; with the name of its control where rows have different ones."""
    if one.relation == "not measured":
        return f"{one.label} not measured"
    against = f" against {one.control_label}" if named else ""
    numbers = with_interval(one.difference, one.low, one.high)
    return f"{one.label}{against} {numbers}" + ("" if single else f", {one.relation}")


def result(title: str, found: Sequence[Comparison]) -> str:
    """A sentence on the outcome, worded by what the runs can tell; "" where nothing was tested."""
    parts = []
    for relation, phrase in (
        ("better", "test accuracy was higher than that of {control} with {rows}"),
        ("worse", "test accuracy was lower than that of {control} with {rows}"),
        ("alike", "test accuracy was equivalent to that of {control} with {rows}"),
        ("unclear", "no difference to {control} could be shown for {rows}"),
    ):
        for control in dict.fromkeys(one.control_label for one in found):
            rows = [
                f"{one.label} ({with_interval(one.difference, one.low, one.high)} points)"
                for one in found
                if one.relation == relation and one.control_label == control
            ]
            if rows:
                parts.append(phrase.format(control=control, rows=listed(rows)))
    if not parts:
        return ""
    return f"{title}: " + "; ".join(parts) + " (difference of means with its 95 % interval)."


def methods(counts: Sequence[int], scatter: Scatter, matters: float, data: str, preset: str) -> str:
    """How the rows were compared, for a paper's section on methods."""
    low, high = (min(counts), max(counts)) if counts else (0, 0)
    seeds = counted(low, "random seed") if low == high else f"{low} to {high} random seeds"
    how = {
        "pooled": (
            "Differences of means were tested by t tests with a standard deviation pooled over the "
            f"settings that trained ({scatter.sd or 0:.2f} percentage points, {scatter.df} degrees "
            "of freedom; a setting of more than twice the pooled variance kept its own)"
        ),
        "welch": "Differences of means were tested by Welch's t test",
        "stated": (
            "Single runs were compared by t tests with a standard deviation of "
            f"{scatter.sd or 0:.2f} percentage points ({scatter.df} degrees of freedom), that of "
            f"{scatter.source or 'earlier repeats'}"
        ),
        "unknown": "Single runs were not tested, since how far they scatter is not known",
    }[scatter.kind]
    tested = (
        ""
        if scatter.kind == "unknown"
        else (
            ", adjusted by Holm's procedure over the settings, at 5 %; settings count as "
            "equivalent if two one-sided tests place their difference within "
            f"{counted(matters, 'point')}"
        )
    )
    images = (
        ""
        if scatter.floor is None
        else " Where runs scattered less than the sampling of the test images alone would make "
        "them, that was taken instead."
    )
    return (
        f"Every setting was trained with {seeds} on {data}"
        + (f" (preset {preset})" if preset != "paper" else "")
        + ". Accuracy is the highest test accuracy over the epochs, which is optimistic. "
        + f"{how}{tested}.{images}"
    )
