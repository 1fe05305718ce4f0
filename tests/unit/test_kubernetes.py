"""The job that docs/cluster.md gives to a Kubernetes, as far as it can be read without one."""

from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def documents():
    """The claim and the job, by kind."""
    text = (ROOT / "profiles/kubernetes/job.yaml").read_text()
    return {each["kind"]: each for each in yaml.safe_load_all(text)}


def test_the_project_lies_on_the_volume_that_is_claimed(documents):
    pod = documents["Job"]["spec"]["template"]["spec"]
    (container,), (volume,) = pod["containers"], pod["volumes"]
    (mount,) = container["volumeMounts"]
    assert (
        volume["persistentVolumeClaim"]["claimName"]
        == (documents["PersistentVolumeClaim"]["metadata"]["name"])
    )
    assert mount["name"] == volume["name"]
    assert Path(mount["mountPath"]) in Path(container["workingDir"]).parents
    assert f"`{container['workingDir']}`" in (ROOT / "docs/cluster.md").read_text()


def test_snakemake_uses_the_cores_that_the_pod_has(documents):
    (container,) = documents["Job"]["spec"]["template"]["spec"]["containers"]
    assert container["command"] == [
        "snakemake",
        "--cores",
        str(container["resources"]["limits"]["cpu"]),
    ]


def test_an_evicted_pod_can_save_and_comes_back(documents):
    job = documents["Job"]["spec"]
    # A training ends its step and writes its state; the executor's own limit is a minute.
    assert job["template"]["spec"]["terminationGracePeriodSeconds"] > 60
    assert job["backoffLimit"] > 0
