"""What all tests share."""

import os

import pytest

# One thread: the networks are tiny, and the cores are few. Set before torch is loaded.
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where processes share the tests (`-n 2`), one has a file's, and one all that need the demo.

    So what a module builds, and the demo, is built once.
    """
    for item in items:
        group = "demo" if "demo" in getattr(item, "fixturenames", ()) else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))
