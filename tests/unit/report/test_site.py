"""The site as one file: its parts, what they hold, and what is left out."""

import base64
import gzip
import json

import numpy as np
import pytest
from asking import asked
from html_pages import read
from scipy import stats
from small_results import row
from small_site import NOTE, SEEDS, site_request

from ablate.paths import Results
from ablate.report import charts, site
from ablate.requests.page import Accepted
from ablate.steps import page as step


@pytest.fixture(autouse=True)
def _small_library(monkeypatch):
    """Drawn by nothing here: the library takes seconds to bundle."""
    monkeypatch.setattr(charts, "bundle", lambda: "library")


@pytest.fixture
def request_of_site(tmp_path):
    return site_request(tmp_path)


def parts(page: str) -> dict:
    """The page's parts by name, unpacked."""
    found = {}
    for script in read(page).all("script", type="text/plain"):
        text = gzip.decompress(base64.b64decode(script.text)).decode()
        name = script.attributes["data-part"]
        found[name] = json.loads(text) if text.startswith("{") else text
    return found


def test_everything_is_in_one_file_that_asks_for_nothing_else(request_of_site):
    text, _ = site.page(request_of_site)
    page = read(text)  # refuses any address but data:
    assert page.one("p", class_="demo").text == NOTE
    assert {"main", "library", "copies", "runs/0", "figure/curves"} == set(parts(text))
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


def test_what_somebody_wrote_is_text_and_never_markup(tmp_path):
    text, _ = site.page(site_request(tmp_path, note="</p><script>alert(1)</script>"))
    assert "<script>alert" not in text
    assert parts(text)["main"]["note"] == "</p><script>alert(1)</script>"


def test_a_row_has_every_seed_and_the_interval_of_its_mean(request_of_site):
    [smooth, depth] = parts(site.page(request_of_site)[0])["main"]["studies"]
    elu = smooth["rows"][1]
    assert elu["seeds"] == [[seed, 80.0 + seed] for seed in SEEDS]
    # On 40 test images the seeds scatter less than the images' own sampling, which then counts.
    images = 100 * np.sqrt(0.81 * 0.19 / 40)
    low, high = stats.t.interval(0.95, 2, 81.0, images / np.sqrt(3))
    assert elu["mean"] - elu["half"] == pytest.approx(low, 1e-3)
    assert elu["mean"] + elu["half"] == pytest.approx(high, 1e-3)
    assert elu["vs"][0] == 10.0
    assert depth["rows"][1]["half"] is None  # a single run, and nobody stated the noise
    assert smooth["reported"] is False
    assert depth["reported"] is True


def test_the_settings_that_differ_are_named_and_kept_by_run(request_of_site):
    main = parts(site.page(request_of_site)[0])["main"]
    assert main["studies"][0]["keys"] == ["model.activation"]
    values = [main["settings"][f"run-{name}"]["model.activation"] for name in ("relu", "elu")]
    assert values == ["relu", "elu"]


def test_answers_are_those_of_the_findings(request_of_site):
    main = parts(site.page(request_of_site)[0])["main"]
    found = json.loads(request_of_site.results.findings.read_text())
    for study in main["studies"]:
        assert study["answer"]["sentence"] == found["answers"][study["study"]]["sentence"]
    assert main["studies"][0]["answer"]["headline"] == "elu"


def test_details_hold_curves_confusion_and_which_images_are_right(request_of_site):
    details = parts(site.page(request_of_site)[0])["runs/0"]["run-elu/seed1"]
    assert details["history"]["test_accuracy"] == [20.25, 40.5, 81.0, 80.0]
    bits = np.frombuffer(base64.b64decode(details["right"]["bits"]), np.uint8)
    right = np.unpackbits(bits, bitorder="little")[: details["right"]["images"]]
    assert right.sum() == np.trace(details["confusion"])
    assert details["provenance"]["device"]


def test_a_run_that_was_accepted_as_it_was_says_so(request_of_site):
    accepted = Accepted(product="runs/run-elu/seed1", when="2025-02-03T10:00:00+00:00")
    request = request_of_site.model_copy(update={"accepted": (accepted,)})
    found = parts(site.page(request)[0])
    said = {id: run["provenance"].get("accepted") for id, run in found["runs/0"].items()}
    assert [id for id, words in said.items() if words] == ["run-elu/seed1"]
    assert said["run-elu/seed1"].startswith("2025-02-03T10:00:00+00:00: kept as it was")
    assert dict(found["main"]["facts"])["Accepted"].startswith("runs: 1; on 2025-02-03")


def test_copied_tables_are_the_tables_themselves(request_of_site):
    copies = parts(site.page(request_of_site)[0])["copies"]["smooth"]
    results = request_of_site.results
    assert copies["csv"] == results.table("smooth").read_text()
    assert NOTE in copies["markdown"]
    assert r"\begin{tabular}" in copies["latex"]
    assert copies["tsv"].splitlines()[0].split("\t")[:2] == ["study", "row"]


def test_a_copied_table_runs_no_formula(tmp_path):
    plus = row("plus", None, "run-elu", label="=1+1", seeds=SEEDS, control="relu")
    request = site_request(tmp_path, more_rows=[plus])
    copies = parts(site.page(request)[0])["copies"]["smooth"]
    assert copies["csv"] == Results(tmp_path).table("smooth").read_text()
    assert [copies[kind].count("'=1+1") for kind in ("csv", "tsv")] == [1, 1]


def test_what_is_unfinished_and_what_is_left_out_is_said(request_of_site, monkeypatch):
    monkeypatch.setattr(site, "RUNS_A_PART", 4)
    monkeypatch.setattr(site, "FOR_FIGURES", 10)
    monkeypatch.setattr(site, "FOR_RUNS", 3000)
    found = parts(site.page(request_of_site)[0])
    main = found["main"]
    assert main["unfinished"] == ["run-gone/seed0"]
    kept = sum(name.startswith("runs/") for name in found)
    assert 0 < kept < 3
    assert main["left_out"] == {"runs": len(main["runs"]) - 4 * kept, "figures": ["curves"]}
    assert len(main["runs"]) == 10  # the list of all runs is never cut


def test_equal_results_give_equal_bytes(request_of_site):
    assert site.page(request_of_site) == site.page(request_of_site)


def test_the_step_writes_the_site_and_remembers_it(request_of_site, tmp_path):
    out = tmp_path / "report" / "index.html"
    assert step.main(asked(request_of_site.plain(), tmp_path, [out])) == 0
    assert sorted(path.name for path in out.parent.iterdir()) == ["builds.json", "index.html"]


def test_the_step_names_what_is_missing(request_of_site, tmp_path, capsys):
    (tmp_path / "runs" / "run-elu" / "seed1" / "history.csv").unlink()
    out = tmp_path / "report" / "index.html"
    assert step.main(asked(request_of_site.plain(), tmp_path, [out])) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert "run-elu/seed1/history.csv" in error
    assert not out.exists()
