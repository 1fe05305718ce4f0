"""Names every file of a results tree, in one place."""

from pathlib import Path
from typing import NamedTuple, Self


class TrainingId(NamedTuple):
    """A run and a seed; as text RUN/seedN, as they stand below results/runs."""

    run: str
    seed: int

    def __str__(self) -> str:
        return f"{self.run}/seed{self.seed}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """That of RUN/seedN, or of a product's name or a folder that ends so."""
        run, _, seed = text.rpartition("/seed")
        return cls(run.rpartition("/")[2], int(seed))


class Results:
    """The results tree under `root`."""

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root)
        # Of ten thousand runs each is asked for many times, and a path takes its time to make.
        self._of_runs: dict[tuple[str, int, str], Path] = {}

    @property
    def data(self) -> Path:
        """The folder of the packed data."""
        return self.root / "data"

    @property
    def manifest(self) -> Path:
        """What training depends on of the data."""
        return self.data / "manifest.json"

    @property
    def images(self) -> Path:
        """The packed images, which the manifest vouches for."""
        return self.data / "images.npz"

    @property
    def networks(self) -> Path:
        """What the networks come to on these images."""
        return self.data / "networks.json"

    def run(self, run: str, seed: int) -> Path:
        """The folder of one training."""
        return self._of_run(run, seed, "")

    def training(self, run: str, seed: int) -> Path:
        """The record of one training, which vouches for its other files."""
        return self._of_run(run, seed, "training.json")

    def metrics(self, run: str, seed: int) -> Path:
        """What one training came to."""
        return self._of_run(run, seed, "metrics.json")

    def _of_run(self, run: str, seed: int, file: str) -> Path:
        asked = (run, seed, file)
        if asked not in self._of_runs:
            self._of_runs[asked] = self.root.joinpath("runs", str(TrainingId(run, seed)), file)
        return self._of_runs[asked]

    def state(self, run: str, seed: int) -> Path:
        """The folder in which an unfinished training keeps its state."""
        return self.root / "state" / str(TrainingId(run, seed))

    @property
    def lock(self) -> Path:
        """Held by the process that builds these results."""
        return self.root / "state" / "lock"

    @property
    def tables(self) -> Path:
        """The folder of the tables, and of the findings behind them."""
        return self.root / "tables"

    def table(self, name: str, suffix: str = "csv") -> Path:
        """A table in one of its formats: csv, md or tex."""
        return self.tables / f"{name}.{suffix}"

    @property
    def findings(self) -> Path:
        """Every study's answer and every claim's verdict."""
        return self.tables / "findings.json"

    def figure(self, name: str, suffix: str = "png") -> Path:
        """A figure in one of its formats: png, svg or pdf."""
        return self.root / "figures" / f"{name}.{suffix}"

    def page(self, name: str) -> Path:
        """A page of the HTML report."""
        return self.root / "report" / f"{name}.html"

    @property
    def markdown(self) -> Path:
        """The report in plain Markdown."""
        return self.root / "report.md"

    def record(self, product: str) -> Path:
        """Why a product was made: what it was asked for, by which code, from which inputs."""
        return self.root.joinpath("records", f"{product}.json")

    def log(self, product: str) -> Path:
        """What the job that makes a product has printed."""
        kind, _, name = product.partition("/")
        place = {"runs": "train", "data": "pack"}.get(kind, kind)
        path = self.root / "logs" / place / name
        return path.parent / f"{path.name}.log"

    def acceptance(self, product: str) -> Path:
        """That a user took a product as it was, though the code had changed."""
        return self.acceptances / f"{product}.json"

    @property
    def acceptances(self) -> Path:
        """The folder of all of these."""
        return self.root / "records" / "accepted"
