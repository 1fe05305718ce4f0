"""`python -m ablate.generate` writes everything that is generated from the code anew."""

from pathlib import Path

from ablate.files import write_text
from ablate.generate import config_schema, results, vocabulary
from ablate.runs.metrics import Metrics

METRICS = Path(__file__).parents[2] / "schemas" / "metrics.schema.json"

if __name__ == "__main__":
    write_text(vocabulary.PATH, vocabulary.text())
    write_text(config_schema.PATH, config_schema.text())
    write_text(METRICS, Metrics.schema_text())
    # Whoever made a project of his own of this one may have other pages.
    for page in filter(Path.exists, results.PAGES):
        write_text(page, results.filled(page))
