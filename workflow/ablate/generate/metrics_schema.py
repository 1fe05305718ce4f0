"""Writes the JSON schema of metrics.json: workflow/schemas/metrics.schema.json."""

from pathlib import Path

from ablate.files import write_whole
from ablate.runs.metrics import Metrics

PATH = Path(__file__).parents[2] / "schemas" / "metrics.schema.json"


def text() -> str:
    """The schema as it is checked in."""
    return Metrics.schema_text()


def main() -> None:
    with write_whole(PATH) as draft:
        draft.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
