"""What comes from elsewhere: pinned, verified, and not needed twice."""

import hashlib
import io
import json
import pickle
import re
import tarfile
from pathlib import Path

import numpy as np
import pytest
from project import ROOT, Project

from ablate.data import cifar10

NO_NETWORK = """
import socket

def refuse(*arguments, **options):
    raise OSError("there is no network in this test")

socket.socket.connect = socket.socket.connect_ex = refuse
socket.getaddrinfo = socket.create_connection = refuse
"""
MANIFEST = "results/data/manifest.json"
CLASSES = [b"airplane", b"automobile", b"bird", b"cat", b"deer"]
CLASSES += [b"dog", b"frog", b"horse", b"ship", b"truck"]


@pytest.mark.parametrize("pins", ["requirements.txt", "slurm.txt", "uv.txt"])
def test_every_pin_has_its_hashes(pins):
    text = (ROOT / "envs" / pins).read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert lines
    for line in lines:
        assert re.match(r"[A-Za-z0-9._-]+(\[[a-z,]+\])?==\S+ ", line), line
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", line), line


def test_setup_installs_nothing_without_its_hash():
    installs = [
        line
        for line in (ROOT / "Makefile").read_text().splitlines()
        if re.search(r"pip (install|sync)", line)
    ]
    assert len(installs) == 4
    for line in installs:
        assert "--require-hashes" in line or "--no-deps" in line


@pytest.fixture
def offline(tmp_path: Path) -> Project:
    """The whole report, where no process can reach a network."""
    project = Project.fresh(tmp_path / "project")
    (project.root / "workflow" / "sitecustomize.py").write_text(NO_NETWORK)
    return project


def snakemake(project: Project, *arguments: str, check: bool = True):
    environment = {"PYTHONPATH": str(project.root / "workflow")}
    return project.snakemake(*arguments, check=check, **environment)


def test_with_the_archive_there_the_report_is_packed_without_a_network(offline):
    asked = (MANIFEST, "--config", "device=cpu")
    refused = snakemake(offline, *asked, check=False)
    assert refused.returncode == 1
    assert "there is no network in this test" in refused.stdout
    assert "put that archive at data/cifar-10-python.tar.gz by hand" in refused.stdout

    archive = offline.root / "data" / "cifar-10-python.tar.gz"
    archive.parent.mkdir(exist_ok=True)
    archive.write_bytes(like_the_official())
    declare_official(offline, archive)
    assert "train" in snakemake(offline, "-n", "--config", "device=cpu").stdout
    snakemake(offline, *asked)
    manifest = json.loads((offline.root / MANIFEST).read_text())
    assert (manifest["name"], manifest["train"], manifest["test"]) == ("cifar10", 100, 20)


def like_the_official() -> bytes:
    """An archive of the official one's form: five batches of 20 images and a test batch."""
    draw = np.random.default_rng(0)
    names = [f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]
    members = {name: batch(draw) for name in names} | {"batches.meta": {b"label_names": CLASSES}}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            pickled = pickle.dumps(content, protocol=4)
            info.size = len(pickled)
            tar.addfile(info, io.BytesIO(pickled))
    return packed.getvalue()


def batch(draw: np.random.Generator) -> dict:
    pixels = draw.integers(0, 256, (20, 3072), dtype=np.uint8)
    return {b"data": pixels, b"labels": [i % 10 for i in range(20)]}


def declare_official(project: Project, archive: Path) -> None:
    """Let this archive be the one whose checksum the code knows."""
    code = project.root / "workflow/ablate/data/cifar10.py"
    md5 = hashlib.md5(archive.read_bytes(), usedforsecurity=False).hexdigest()
    text = code.read_text()
    assert text.count(cifar10.ARCHIVE.md5) == 1
    code.write_text(text.replace(cifar10.ARCHIVE.md5, md5))
