"""A reproducibility checklist, filled from the records of the runs: what is known, what is not.

The items follow the reproducibility checklists of NeurIPS (Pineau et al., JMLR 22, 2021) as far as
they concern experiments.
"""

from typing import Any, NamedTuple

from ablate.findings.words import counted
from ablate.report.wording import duration
from ablate.runs.metrics import Metrics
from ablate.runs.record import Provenance

KNOWN, PARTLY, UNKNOWN = "known", "partly", "not known"


class Item(NamedTuple):
    """One line of the list: what is asked, how far it is answered (`state`), and the answer."""

    asked: str
    state: str
    answer: str


def checklist(runs: list[Metrics], rows: list[dict[str, Any]]) -> list[Item]:
    """The list for finished `runs` (metrics) and the studies' `rows` (with n, half, elsewhere)."""
    others, rows = (
        [row for row in rows if bool(row["elsewhere"]) == elsewhere] for elsewhere in (True, False)
    )
    if not runs:
        return [Item("Results", UNKNOWN, "No run is finished."), *_elsewhere(others)]
    records = [metrics.provenance for metrics in runs]
    spent = duration(sum(record.seconds for record in records))
    return [
        *_elsewhere(others),
        Item("Settings of every run", KNOWN, "Each run's page has all of them, resolved."),
        _data(records),
        _code(records),
        _versions(records),
        _seeds(rows),
        _intervals(rows),
        _selection(runs),
        _hardware(records),
        Item(
            "Budget",
            KNOWN,
            f"{len(runs):,} runs, {spent} of training in all.",
        ),
        _bits(records),
        _circumstances(records),
        Item("Licence of the data", UNKNOWN, "It is not recorded: see where the data come from."),
    ]


def _elsewhere(rows: list[dict]) -> list[Item]:
    if not rows:
        return []
    sourced = sum(bool(row["elsewhere"]["source"]) for row in rows)
    words = f"{counted(len(rows), 'row')} not trained here, {sourced} with a source"
    return [Item("Measured elsewhere", PARTLY, f"{words}; nothing below is about them.")]


def _data(records: list[Provenance]) -> Item:
    digests = {record.data for record in records}
    if len(digests) == 1:
        return Item("Data", KNOWN, f"All runs have the same images: digest {digests.pop()[:16]}.")
    return Item("Data", PARTLY, f"The runs have {len(digests)} different sets of images.")


def _code(records: list[Provenance]) -> Item:
    commits, codes = {r.git for r in records}, {r.code for r in records}
    versions = f"{counted(len(codes), 'version')} of the training's code"
    if None in commits:
        return Item("Code", PARTLY, f"{versions}, known by digest; some runs were outside git.")
    listed = ", ".join(sorted(commit[:12] for commit in commits)[:4])
    return Item("Code", KNOWN, f"{versions}; git commits: {listed}{' …' * (len(commits) > 4)}.")


def _versions(records: list[Provenance]) -> Item:
    sets = {", ".join(f"{k} {v}" for k, v in r.versions.items()) for r in records}
    if len(sets) == 1:
        return Item("Versions", KNOWN, f"{sets.pop()}; all pins stand in envs/requirements.txt.")
    return Item("Versions", PARTLY, f"{len(sets)} different sets of versions trained these runs.")


def _seeds(rows: list[dict]) -> Item:
    counts = [row["n"] for row in rows if row["n"]]
    if not counts:
        return Item("Seeds", UNKNOWN, "No row has a finished run.")
    few, many = min(counts), max(counts)
    span = f"{few}" if few == many else f"{few} to {many}"
    words = f"{span} run{'s' * (many > 1)} a row."
    if many == 1:
        return Item("Seeds", PARTLY, f"{words} How far equal runs scatter was not measured.")
    return Item("Seeds", KNOWN if few > 1 else PARTLY, words)


def _intervals(rows: list[dict]) -> Item:
    some = [row for row in rows if row["n"]]
    have = sum(row["half"] is not None for row in some)
    state = KNOWN if have == len(some) else PARTLY if have else UNKNOWN
    return Item("Error bars", state, f"{have} of {len(some)} rows have a 95 % interval.")


def _selection(runs: list[Metrics]) -> Item:
    held_out = sum(metrics.chosen_epoch is not None for metrics in runs)
    if held_out == len(runs):
        return Item("Choice of the epoch", KNOWN, "On held-out training images.")
    return Item(
        "Choice of the epoch",
        PARTLY,
        "The best epoch is chosen on the test images, as in the original report, so it is"
        " optimistic; the last epoch's accuracy stands beside it.",
    )


def _hardware(records: list[Provenance]) -> Item:
    devices = sorted({record.device for record in records})
    return Item("Hardware", KNOWN, f"{', '.join(devices)}; seconds and memory stand in each run.")


def _bits(records: list[Provenance]) -> Item:
    exact = sum(record.deterministic for record in records)
    state = KNOWN if exact == len(records) else PARTLY if exact else UNKNOWN
    same = "trained so that the same command gives the same bits on the same processor type"
    return Item("Determinism", state, f"{exact:,} of {len(records):,} runs were {same}.")


def _circumstances(records: list[Provenance]) -> Item:
    resumed = sum(bool(record.resumed) for record in records)
    shared = sum(bool(record.shared_device) for record in records)
    words = f"{resumed:,} runs were taken up after an interruption, {shared:,} shared their GPU."
    if any(record.device_type != "cuda" for record in records):
        return Item("Circumstances", PARTLY, f"{words} What else a CPU did meanwhile is not known.")
    return Item("Circumstances", KNOWN, words)
