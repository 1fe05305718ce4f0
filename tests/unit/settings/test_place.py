"""Paths are expanded alike wherever a config names one."""

import pytest
from pydantic import TypeAdapter, ValidationError

from ablate.errors import AblateError
from ablate.planning.plan import Plan
from ablate.settings import own
from ablate.settings.config import Config
from ablate.settings.data import Data
from ablate.settings.place import ExpandedPath

CONFIG = {
    "presets": {"paper": {}},
    "recipes": {"resnet": {"model": {"name": "resnet18"}}},
    "studies": {"one": {"title": "One", "recipe": "resnet", "rows": {"a": {}}}},
}


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("SCRATCH", "/scratch/me")
    monkeypatch.setenv("EMPTY", "")
    monkeypatch.delenv("NOWHERE", raising=False)


def results(path):
    return Config.model_validate({**CONFIG, "results": path}).results


def extensions(path):
    return Config.model_validate({**CONFIG, "extensions": path}).extensions


def data_path(path):
    found = TypeAdapter(Data).validate_python({"source": "folder", "name": "x", "path": path})
    return found.path


def archive_path(path):
    return TypeAdapter(Data).validate_python({"source": "cifar10", "path": path}).path


@pytest.mark.parametrize("resolved", [results, extensions, data_path, archive_path])
@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("~/abl", "/home/me/abl"),
        ("$SCRATCH/abl", "/scratch/me/abl"),
        ("${SCRATCH}/abl", "/scratch/me/abl"),
        ("$HOME", "/home/me"),
        ("a/~/b", "a/~/b"),
        ("cost$", "cost$"),
        ("results", "results"),
    ],
)
def test_homes_and_variables_are_put_in(resolved, written, meant):
    assert resolved(written) == meant


@pytest.mark.parametrize("resolved", [results, extensions, data_path, archive_path])
@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("$NOWHERE/abl", "the environment variable NOWHERE is not set"),
        ("${NOWHERE}", "the environment variable NOWHERE is not set"),
        ("$EMPTY/abl", "the environment variable EMPTY is not set"),
        ("s3://mine/abl", "found 's3://mine/abl', the path of a folder is needed: no bucket"),
        ("~nobody-of-this-name/abl", "~nobody-of-this-name is no user's home folder"),
    ],
)
def test_what_cannot_be_put_in_is_named(resolved, written, says):
    with pytest.raises(ValidationError, match=says):
        resolved(written)


def test_a_default_is_what_it_says():
    assert TypeAdapter(ExpandedPath).validate_python("data") == "data"


def test_braces_of_another_kind_are_still_refused():
    with pytest.raises(ValidationError, match="braces are wildcards to Snakemake"):
        results("${SCRATCH}/{x}")


def test_ones_own_code_is_looked_for_where_the_path_leads(monkeypatch, tmp_path):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "nets.py").write_text("def net(classes): ...\n")
    monkeypatch.setenv("SCRATCH", str(tmp_path))
    config = {**CONFIG, "extensions": "$SCRATCH/code"}
    config["recipes"] = {"resnet": {"model": {"name": "nets.net"}}}
    assert [name[:8] for name in Plan(config).runs] == ["nets.net"]
    with pytest.raises(AblateError, match=r"extensions: .* variable NOWHERE is not set"):
        Plan({**CONFIG, "extensions": "$NOWHERE/code"})
    own.use(None)
