"""An answer in words: the sentence that opens a page, and sentences to copy into a paper."""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from ablate.findings.answer import RELATIONS, AgainstControl, Scatter
from ablate.findings.words import counted, data, listed, with_interval
from ablate.requests.study import AskedStudy

# So many rows are spelt out; the others are counted.
SPELT = 8
ASKS = re.compile(r"(do|does|did|is|are|will|can|could|should|would)\b", re.IGNORECASE)
BETTER = re.compile(r"\b(better|help|helps|improve|improves|gain|gains)\b", re.IGNORECASE)


def word(question: str, found: Sequence[AgainstControl]) -> str:
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


def sentence(question: str, found: Sequence[AgainstControl]) -> str:
    """The answer of a study: every row against its control, the clear ones first."""
    if not found:
        return "No row is compared with a control."
    if all(one.relation == "not measured" for one in found):
        return _what_is_missing(found)
    lead = word(question, found)
    opening = f"{lead}. " if lead else ""
    return f"{opening}{_against(found)}{_compared(found)}.{_caution(found)}"


def _caution(found: Sequence[AgainstControl]) -> str:
    if not untested(found):
        return ""
    one = max(max(each.n, each.control_n) for each in found) < 2
    runs = "One run a row" if one else "A row of one run"
    return f" {runs}: how far runs scatter is not known, so none of this is judged."


def _what_is_missing(found: Sequence[AgainstControl]) -> str:
    """Why no row can be compared."""
    rows, controls = any(one.n for one in found), any(one.control_n for one in found)
    if rows and not controls:
        return f"No comparison yet: {found[0].control_label}, the control, has not run."
    if controls and not rows:
        return f"No comparison yet: only {found[0].control_label}, the control, has run."
    return "No comparison yet: no row has run beside its control." if rows else "Not measured yet."


def untested(found: Sequence[AgainstControl]) -> bool:
    """Whether nothing tells how far the runs scatter."""
    return all(one.relation in ("one run", "not measured") for one in found)


def _against(found: Sequence[AgainstControl]) -> str:
    """What the rows are compared with."""
    if len({one.control for one in found}) == 1:
        return f"Against {found[0].control_label}"
    if _is_chain(found):
        return f"Step by step from {found[0].control_label}"
    instead = _instead(found)
    return f"Each against its own control{f', {instead}' if instead else ''}"


def _is_grid(found: Sequence[AgainstControl]) -> bool:
    """Whether the rows have controls of their own that share a level."""
    return len({one.control for one in found}) > 1 and bool(_instead(found))


def _instead(found: Sequence[AgainstControl]) -> str:
    """The level that each control has in place of its row's, where it is one for all; else ""."""
    differ = {
        ", ".join(level for level in _levels(one.control_label) if level not in _levels(one.label))
        for one in found
    }
    return differ.pop() if len(differ) == 1 else ""


def _levels(label: str) -> list[str]:
    """The parts of a grid row's label, one a factor."""
    return label.split(", ") if ", " in label else label.split()


def _is_chain(found: Sequence[AgainstControl]) -> bool:
    """Whether each row is compared with the one before it."""
    return len(found) > 1 and all(two.control == one.row for one, two in pairwise(found))


def _compared(found: Sequence[AgainstControl]) -> str:
    """The rows in words: by relation where they share a control and were judged, else in a list."""
    if len({one.control for one in found}) > 1 or untested(found):
        return f": {_listed(found)}"
    return f", {'. '.join(_by_relation(found))}"


def _by_relation(found: Sequence[AgainstControl]) -> list[str]:
    """Each relation with its rows, the clear ones first."""
    groups, left = [], SPELT
    for relation in RELATIONS:
        rows = sorted((one for one in found if one.relation == relation), key=_rank)
        if rows:
            name = relation.capitalize() if groups else relation
            groups.append(f"{name}: {_some(rows, left, _spelt)}")
            left = max(left - len(rows), 0)
    return groups


def _listed(found: Sequence[AgainstControl]) -> str:
    """The rows, the clear and the best first; of a chain and a grid in their own order."""
    chain, grid, bare = _is_chain(found), _is_grid(found), untested(found)
    ranked = found if chain or grid else sorted(found, key=_rank)
    named = len({one.control for one in found}) > 1 and not (chain or _instead(found))

    def spelt(one: AgainstControl) -> str:
        if one.relation == "not measured":
            said = " not measured"
        else:
            said = "" if bare else f", {one.relation}"
        return f"{_spelt(one)}{said}" + (f" (against {one.control_label})" if named else "")

    return _some(ranked, SPELT, spelt)


def _some(rows: Sequence[AgainstControl], most: int, spelt: Callable[[AgainstControl], str]) -> str:
    """So many of the rows spelt out, the others counted."""
    left = len(rows) - most
    if most == 0:
        return counted(left, "row")
    return "; ".join(
        [*map(spelt, rows[:most]), *([f"and {counted(left, 'more row')}"] if left > 0 else [])]
    )


def _rank(one: AgainstControl) -> tuple[int, float]:
    return RELATIONS.index(one.relation), -(one.difference or 0.0)


def _spelt(one: AgainstControl) -> str:
    """A row with its difference, where there is one."""
    return f"{one.label} {with_interval(one.difference, one.low, one.high)}".rstrip()


def result(title: str, found: Sequence[AgainstControl]) -> str:
    """A sentence on the outcome, worded by what the runs can tell; "" where nothing was tested."""
    parts = []
    for relation, phrase in (
        ("better", "{rows} reached a higher test accuracy than {control}"),
        ("worse", "{rows} reached a lower test accuracy than {control}"),
        ("alike", "the test accuracy of {rows} was equivalent to that of {control}"),
        ("unclear", "no difference from {control} could be shown for {rows}"),
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


def methods(
    study: AskedStudy, counts: Sequence[int], others: Mapping[str, str], scatter: Scatter
) -> str:
    """How the rows were compared, for a paper's section on methods; "" without a number.

    Args:
        counts: runs of each row that was trained here.
        others: the rows that were measured elsewhere, each with where that is said to be.
    """
    if not counts and not others:
        return ""
    origins = [_trained(study, counts, bool(others)), _taken_over(others, bool(counts))]
    alone = scatter.kind == "welch" and scatter.sd is None and 1 in counts
    untested = ["Settings that were trained once were not tested."] if alone else []
    return " ".join([*filter(None, origins), *_tested(study, scatter), *untested])


def _tested(study: AskedStudy, scatter: Scatter) -> list[str]:
    """How differences were tested, in a sentence or two."""
    noise = (
        f"a standard deviation of {scatter.sd or 0:.2f} percentage points ({scatter.df} degrees of "
        f"freedom), that of {scatter.source or 'earlier repeats'}"
    )
    of_single_runs = "" if scatter.sd is None else f", of single runs with {noise}"
    how = {
        "pooled": (
            "Differences of means were tested by t tests with a standard deviation pooled over the "
            f"settings that trained ({scatter.sd or 0:.2f} percentage points, {scatter.df} degrees "
            "of freedom; a setting of more than twice the pooled variance kept its own)"
        ),
        "welch": f"Differences of means were tested by Welch's t test{of_single_runs}",
        "stated": f"Single runs were compared by t tests with {noise}",
    }.get(scatter.kind)
    if how is None:
        return ["Single runs were not tested, since how far they scatter is not known."]
    sentence = (
        f"{how}, adjusted by Holm's procedure over the settings, at 5 %; settings count as "
        "equivalent if two one-sided tests place their difference within "
        f"{counted(study.matters, 'point')}."
    )
    if scatter.floor is None:
        return [sentence]
    return [
        sentence,
        "Where runs scattered less than the sampling of the test images alone would make them, "
        "that was taken instead.",
    ]


def _trained(study: AskedStudy, counts: Sequence[int], others: bool) -> str:
    """With how many seeds the rows were trained here."""
    if not counts:
        return ""
    low, high = min(counts), max(counts)
    one = "one random seed" if high == 1 else f"{high} random seeds"
    seeds = one if low == high else f"{low} to {high} random seeds"
    return (
        f"Every {'other ' if others else ''}setting was trained with {seeds} on "
        + data(study.data_name)
        + (f" (preset {study.preset})" if study.preset != "paper" else "")
        + ". Accuracy is the highest test accuracy over the epochs, which is optimistic."
    )


def _taken_over(others: Mapping[str, str], also_scatter: bool) -> str:
    """Which accuracies were not measured here, and where."""
    if not others:
        return ""
    named = [f"{label}, from {source}" if source else label for label, source in others.items()]
    return f"Not trained here, with accuracies as they were given: {'; '.join(named)}." + (
        " Their scatter was not pooled with that of the others." if also_scatter else ""
    )
