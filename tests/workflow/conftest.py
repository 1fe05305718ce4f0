"""Projects built once a session and shared by all tests that read them."""

from pathlib import Path

import ministudy
import pytest
from project import Project


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--demo", type=Path, help="a folder with the demo built")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Project:
    """A project with the whole demo built. Copy it before changing anything."""
    if pytestconfig.getoption("--demo"):
        return Project(pytestconfig.getoption("--demo").resolve())
    project = Project.fresh(tmp_path_factory.mktemp("demo") / "project")
    project.snakemake("--config", "preset=demo")
    return project


@pytest.fixture(scope="session")
def mini(tmp_path_factory: pytest.TempPathFactory) -> ministudy.Built:
    """A study of two short runs, built whole. Copy it before changing anything."""
    return ministudy.built(tmp_path_factory.mktemp("mini") / "project")
