"""A copy of the project to change and to run Snakemake in."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PARTS = ("Snakefile", "config.yaml", "workflow", "profiles", "report", "envs")
JOB = re.compile(r"^(?:local)?(?:rule|checkpoint) (\w+):$(.*?)(?=^\S|\Z)", re.M | re.S)


class Project:
    """The project's files in a folder of their own, with the results built there."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def fresh(cls, root: Path) -> "Project":
        """The project without results."""
        root.mkdir(parents=True)
        ignore = shutil.ignore_patterns("__pycache__")
        for part in PARTS:
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(source, root / part, ignore=ignore)
            else:
                shutil.copy2(source, root / part)
        return cls(root)

    def copy(self, root: Path, memory: bool = True) -> "Project":
        """Another project with the same results; without Snakemake's memory if so wished.

        Results are linked: steps replace files by others, they never write into one.
        """
        copied = Project.fresh(root)
        for part in PARTS:
            shutil.rmtree(root / part) if (root / part).is_dir() else (root / part).unlink()
            source = self.root / part
            (shutil.copytree if source.is_dir() else shutil.copy2)(source, root / part)
        shutil.copytree(self.root / "results", root / "results", copy_function=os.link)
        if memory and (self.root / ".snakemake" / "metadata").exists():
            shutil.copytree(self.root / ".snakemake" / "metadata", root / ".snakemake" / "metadata")
        return copied

    def snakemake(self, *arguments: str, check: bool = True, **environment: str):
        """Run Snakemake here; stdout and stderr in one text.

        Raises:
            AssertionError: it failed, and `check` is set.
        """
        done = subprocess.run(
            [sys.executable, "-m", "snakemake", "--cores", "2", *arguments],
            cwd=self.root,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
            check=False,
        )
        assert not check or done.returncode == 0, done.stdout[-6000:]
        return done

    def shell(self, line: str) -> subprocess.CompletedProcess[str]:
        """Run a line in a shell here, as one types it with the environment active."""
        binaries = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return subprocess.run(
            ["bash", "-c", line],
            cwd=self.root,
            env={**os.environ, "PATH": binaries, "PYTHONPATH": str(self.root / "workflow")},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )

    def due(self, *arguments: str, preset: str = "demo") -> list[tuple[str, str]]:
        """What a dry run would do: (rule, wildcards as text), `all` left out."""
        done = self.snakemake("-n", *arguments, "--config", f"preset={preset}")
        found = []
        for rule, body in JOB.findall(done.stdout):
            wildcards = re.search(r"^    wildcards: (.*)$", body, re.M)
            found.append((rule, wildcards.group(1) if wildcards else ""))
        return [job for job in found if job[0] != "all"]

    def rules_due(self, *arguments: str) -> dict[str, int]:
        """How many jobs of each rule a dry run would do."""
        counts: dict[str, int] = {}
        for rule, _ in self.due(*arguments):
            counts[rule] = counts.get(rule, 0) + 1
        return counts

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace the one place of `old` in a file."""
        file = self.root / path
        text = file.read_text()
        assert text.count(old) == 1, f"{path} holds {old!r} {text.count(old)} times"
        file.write_text(text.replace(old, new))
