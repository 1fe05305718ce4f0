"""Write the measurements into docs/benchmarks.md: `python -m benchmarks.render`.

Between the markers `<!-- NAME -->` and `<!-- /NAME -->` stands the table of results/bench/NAME.csv.
A GPU's throughput.csv goes in as throughput_gpu.csv, beside that of a CPU.
"""

import argparse
import re
from collections.abc import Iterable
from pathlib import Path

from ablate.files import write_whole
from benchmarks.rows import read

# The columns shown of each file, with their headings; the rest are conditions, said in one line.
COLUMNS = {
    "throughput": {
        "network": "network",
        "batch_size": "batch",
        "contestant": "contestant",
        "precision": "precision",
        "images_per_second": "images/s",
        "ours_times_as_fast": "ours is x times as fast",
        "share_of_limit": "share of the limit",
        "start_seconds": "start, s",
        "batches_timed": "batches timed",
    },
    "bf16": {
        "network": "network",
        "width": "width",
        "batch_size": "batch",
        "forward_mflop": "forward, MFLOP",
        "fp32_images_per_second": "fp32, images/s",
        "bf16_images_per_second": "bf16, images/s",
        "bf16_times_as_fast": "bf16 is x times as fast",
        "auto": "`auto` takes",
    },
    "neighbours": {
        "network": "network",
        "width": "width",
        "batch_size": "batch",
        "runs": "runs at a time",
        "threads": "threads of each",
        "mps": "MPS",
        "images_per_second": "images/s together",
        "times_one": "times one run",
        "slowest_run": "slowest run, images/s",
        "fastest_run": "fastest",
    },
    "report": {
        "run": "run",
        "seeds": "seeds",
        "steps": "steps",
        "step_seconds": "step, s",
        "evaluations": "evaluations",
        "evaluation_seconds": "evaluation, s",
        "start_seconds": "start, s",
        "seconds": "training, s",
    },
    "growth": {
        "runs": "finished runs",
        "nothing_to_do_s": "nothing to do, s",
        "nothing_to_do_mb": "MB",
        "one_row_s": "one row changed, s",
        "one_row_mb": "MB",
        "table_s": "a table, s",
        "table_mb": "MB",
        "findings_s": "findings, s",
        "findings_mb": "MB",
        "figure_s": "a figure, s",
        "figure_mb": "MB",
        "page_s": "site, s",
        "page_mb": "MB",
        "site_mb": "its file, MB",
    },
    "workflow": {
        "part": "part",
        "measure": "what",
        "value": "value",
        "unit": "unit",
        "target": "target",
        "how": "how",
    },
}
COLUMNS["throughput_gpu"] = COLUMNS["throughput"]
CONDITIONS = ("device", "cores", "threads", "fast_bf16", "torch", "python", "git")
NUMBER = re.compile(r"-?\d+(\.\d+)?")


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.render", description=__doc__)
    parser.add_argument("--results", type=Path, default=Path("results/bench"))
    parser.add_argument("--into", type=Path, default=Path("docs/benchmarks.md"))
    asked = parser.parse_args(argv)
    text = asked.into.read_text(encoding="utf-8")
    for name in COLUMNS:
        path = asked.results / f"{name}.csv"
        if path.exists():
            text = put(text, name, table(name, read(path)))
            print(f"{asked.into}: the table of {path}")
    with write_whole(asked.into) as draft:
        draft.write_text(text, encoding="utf-8")


def put(text: str, name: str, table: str) -> str:
    """`text` with `table` between the markers of `name`.

    Raises:
        ValueError: the markers are not there.
    """
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, found, rest = text.partition(start)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"there is no {start} ... {end}")
    return f"{before}{start}\n{table}\n{end}{after}"


def table(name: str, rows: list[dict[str, str]]) -> str:
    """The rows as a Markdown table, below a line with the conditions."""
    columns = COLUMNS[name]
    numeric = [all(NUMBER.fullmatch(row[column]) for row in rows) for column in columns]
    lines = [
        f"| {' | '.join(columns.values())} |",
        f"|{'|'.join('---:' if number else '---' for number in numeric)}|",
        *(f"| {' | '.join(row[column] for column in columns)} |" for row in rows),
    ]
    return "\n".join([conditions(rows, columns), "", *lines])


def conditions(rows: list[dict[str, str]], shown: Iterable[str] = ()) -> str:
    """Under which conditions the rows were measured: one value each, or all that occur.

    shown: columns of the table, which are not repeated.
    """
    said = [
        f"{column.replace('_', ' ')} {', '.join(dict.fromkeys(row[column] for row in rows))}"
        for column in CONDITIONS
        if column in rows[0] and column not in shown
    ]
    loads = [float(row["load"]) for row in rows]
    days = sorted({row["measured"][:10] for row in rows})
    said.append(f"load {min(loads):.1f} to {max(loads):.1f}")
    return f"Measured {' to '.join(dict.fromkeys((days[0], days[-1])))}: {'; '.join(said)}."


if __name__ == "__main__":
    main()
