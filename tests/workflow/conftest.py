"""Projects built once a session and shared by all tests that read them."""

import os
import shutil
from pathlib import Path

import ministudy
import pytest
from filelock import FileLock
from project import Project


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--demo", type=Path, help="a folder with the demo built")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Project:
    """A project with the whole demo built. Copy it before changing anything."""
    if pytestconfig.getoption("--demo"):
        return Project(pytestconfig.getoption("--demo").resolve())
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        # That of all processes which share the tests: they share the demo too.
        folder = folder.parent
    root, built = folder / "demo", folder / "demo-is-built"
    with FileLock(folder / "demo.lock"):
        if not built.exists():
            shutil.rmtree(root, ignore_errors=True)
            Project.fresh(root).snakemake("--config", "preset=demo")
            built.touch()
    return Project(root)


@pytest.fixture(scope="session")
def mini(tmp_path_factory: pytest.TempPathFactory) -> ministudy.Built:
    """A study of two short runs, built whole. Copy it before changing anything."""
    return ministudy.built(tmp_path_factory.mktemp("mini") / "project")
