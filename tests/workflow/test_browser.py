"""The report as a reader opens it, in headless Chromium.

Most of it is asked of a small site with made-up numbers; Snakemake's own report and the sizes, of
the demo.
"""

import json
import shutil
from pathlib import Path

import pytest
from project import Project
from scipy.stats import binomtest
from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait
from small_results import row as row_of
from small_site import site_request

from ablate import invocation
from ablate.report import changes, scripts
from ablate.report import site as report

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# What a page may ask for: itself, what it holds, and the browser's own resources.
OWN = ("file:", "data:", "blob:", "chrome", "about:")
WIDTHS = (390, 1024, 1440)
LETTER = 739  # pixels of a page of letter paper between its margins
PAGES = {
    "#/": "Results at a glance",
    "#/study/smooth": "Smooth activations",
    "#/study/depth": "2.2.7 Depth",
    "#/run/run-elu/seed1": "ELU, seed 1",
    "#/compare/smooth%2Frelu,smooth%2Felu": "Compare",
    "#/replication": "Replication",
    "#/runs": "Runs",
    "#/changes": "Changes",
    "#/figures": "Figures",
    "#/about": "About",
    "#/study/none": "There is no such page",
}
SMALL = 3_500_000  # bytes of the site
BOUND = 7_000_000  # bytes of Snakemake's report

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="no Chromium and chromedriver here (Debian: chromium-driver)"
)


@pytest.fixture(scope="module")
def request_of_site(tmp_path_factory) -> dict:
    return site_request(tmp_path_factory.mktemp("results"))


@pytest.fixture(scope="module")
def site(request_of_site, tmp_path_factory) -> str:
    """The address of a small site."""
    invocation.note([], ["preset=demo"])
    path = tmp_path_factory.mktemp("site") / "index.html"
    path.write_text(report.page(request_of_site)[0], encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def bound(demo: Project, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    demo.snakemake("--config", "preset=demo", "--report", str(path))
    return path


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in (*ARGUMENTS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture
def wide(browser, site):
    """The small site on a wide screen."""
    resize(browser, 1440)
    browser.get(site)
    until(browser, lambda b: b.find_elements(By.CSS_SELECTOR, "main h1"))
    return browser


def resize(browser, width: int) -> None:
    screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)


def until(browser, holds):
    """What is found once it is there; a page that is drawn anew meanwhile is looked at again."""
    drawn_anew = (NoSuchElementException, StaleElementReferenceException)
    wait = WebDriverWait(browser, 20, poll_frequency=0.05, ignored_exceptions=drawn_anew)
    return wait.until(holds)


def go(browser, hash_: str) -> None:
    """Open a page of the site that is open, and wait for it (not the one before) and its charts."""
    browser.execute_script(
        "if (location.hash !== arguments[0])"
        "  document.querySelector('main h1')?.setAttribute('data-left', '');"
        "location.hash = arguments[0];",
        hash_,
    )
    until(browser, lambda b: b.find_elements(By.CSS_SELECTOR, "main h1:not([data-left])"))
    until(
        browser,
        lambda b: all(
            place.find_elements(By.CSS_SELECTOR, "svg, p")
            for place in b.find_elements(By.CLASS_NAME, "chart")
        ),
    )


def hidden(place) -> int:
    """How many pixels of what is in this place can only be seen by moving it sideways."""
    return place.get_property("scrollWidth") - place.get_property("clientWidth")


def heading(browser) -> str:
    return browser.find_element(By.CSS_SELECTOR, "main h1").text


def one(browser, selector: str):
    return until(browser, lambda b: b.find_element(By.CSS_SELECTOR, selector))


def rows(browser, table: str) -> list[str]:
    """The first cell of every row, its first line."""
    found = browser.find_elements(By.CSS_SELECTOR, f"#{table} tbody tr > :first-child")
    return [cell.text.splitlines()[0].strip() for cell in found]


def complaints(browser) -> list[str]:
    return [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]


def beyond(browser) -> list[str]:
    """Every address outside the page that was asked for since the last call."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    sent = [m["params"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    asked = [params["request"]["url"] for params in sent]
    return [address for address in asked if not address.startswith(OWN)]


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_opens_fits_and_asks_for_nothing(browser, site, width):
    resize(browser, width)
    browser.get(site)
    for hash_, title in PAGES.items():
        go(browser, hash_)
        until(browser, lambda b, title=title: heading(b) == title)
        # Nothing makes the page itself scroll sideways; wide tables scroll by themselves.
        inner = browser.execute_script("return document.documentElement.scrollWidth")
        assert inner <= width, hash_
        for image in browser.find_elements(By.CSS_SELECTOR, "main img"):
            assert image.get_attribute("alt")
    assert complaints(browser) == []
    assert beyond(browser) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_what_was_measured_elsewhere_says_so_and_leads_to_no_run(browser, tmp_path, width):
    label, source = "GELU (measured elsewhere)", f"a paper, https://example.org/{'x' * 60}"
    given = {"best_accuracy": [81.0, 82.5], "source": source}
    theirs = row_of("gelu", None, "", label=label, seeds=[], control="relu", elsewhere=given)
    page = tmp_path / "index.html"
    page.write_text(report.page(site_request(tmp_path / "results", [theirs]))[0], encoding="utf-8")
    resize(browser, width)
    browser.get(page.as_uri())
    for hash_ in ("#/study/smooth", "#/compare/smooth%2Felu,smooth%2Fgelu", "#/runs"):
        go(browser, hash_)
        until(browser, lambda b: label in b.find_element(By.TAG_NAME, "main").text)
        shown = browser.find_element(By.TAG_NAME, "main").text
        assert f"From {source}" in shown
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    go(browser, "#/study/smooth")
    lines = browser.find_elements(By.CSS_SELECTOR, "#study tbody tr")
    line = next(each for each in lines if label in each.text)
    assert line.find_elements(By.TAG_NAME, "a") == []
    assert len(line.find_elements(By.CSS_SELECTOR, "circle.seed")) == 2
    go(browser, "#/")
    assert label in browser.find_element(By.TAG_NAME, "main").text
    assert complaints(browser) == []


def test_from_a_number_to_its_run_and_back(wide):
    go(wide, "#/study/depth")
    wide.find_element(By.LINK_TEXT, "75.00").click()
    until(wide, lambda b: heading(b) == "18 layers, seed 0")
    assert "--config preset=demo" in one(wide, "pre").text
    wide.find_element(By.LINK_TEXT, "2.2.7 Depth").click()
    until(wide, lambda b: heading(b) == "2.2.7 Depth")
    wide.back()
    until(wide, lambda b: heading(b) == "18 layers, seed 0")


@pytest.mark.parametrize("width", [1024, 1440])
def test_a_study_fits_a_wide_screen_and_each_chart_its_place(browser, site, width):
    resize(browser, width)
    browser.get(site)
    for study in ("smooth", "depth"):
        go(browser, f"#/study/{study}")
        until(browser, lambda b: len(b.find_elements(By.CSS_SELECTOR, ".chart svg")) >= 2)
        for place in browser.find_elements(By.CLASS_NAME, "scroll"):
            assert hidden(place) <= 1, place.get_attribute("aria-label")


@pytest.mark.parametrize("width", [1024, 1440])
def test_every_study_of_the_demo_fits_a_wide_screen(browser, demo, width):
    resize(browser, width)
    browser.get((demo.root / "results/demo/report/index.html").resolve().as_uri())
    until(browser, lambda b: b.find_elements(By.CSS_SELECTOR, "select option"))
    options = browser.find_elements(By.CSS_SELECTOR, "select option")
    studies = [each.get_attribute("value") for each in options]
    studies = [address for address in studies if address.startswith("#/study/")]
    assert len(studies) > 10
    for study in studies:
        go(browser, study)
        place = one(browser, "#study").find_element(By.XPATH, "..")
        assert hidden(place) <= 1, study


@pytest.mark.parametrize("width", WIDTHS)
def test_what_moves_sideways_moves_beneath_its_first_column(browser, site, width):
    resize(browser, width)
    browser.get(site)
    for hash_, table in (
        ("#/runs", "runs"),
        ("#/study/smooth", "study"),
        ("#/study/smooth", "settings"),
    ):
        go(browser, hash_)
        # Wider than any screen, whatever the fonts of this machine.
        last = browser.find_elements(By.CSS_SELECTOR, f"#{table} thead th")[-1]
        browser.execute_script("arguments[0].style.minWidth = '3000px'", last)
        place = one(browser, f"#{table}").find_element(By.XPATH, "..")
        until(browser, lambda b, place=place: "moves" in place.get_attribute("class"))
        browser.execute_script("arguments[0].scrollLeft = 1500", place)
        names = browser.find_elements(By.CSS_SELECTOR, f"#{table} tbody th")
        assert names
        assert {round(name.rect["x"]) for name in names} == {round(place.rect["x"])}
        if table == "study":
            assert "Δ control +10.00" in names[1].text


def test_changes_say_what_moved_is_new_and_gone_and_lead_to_the_study(browser, tmp_path):
    asked = site_request(tmp_path / "results")
    state = report.page(asked)[1]
    rows, elu = state["rows"], state["rows"]["smooth/elu"]
    now = {name: row for name, row in rows.items() if name != "smooth/tanh"}
    before = {
        **state,
        "rows": {
            **now,
            "smooth/elu": {**elu, "mean": elu["mean"] - 5},
            "smooth/relu": {**rows["smooth/relu"], "run": "run-other"},
            "smooth/selu": {**elu, "mean": 50.0},
        },
    }
    changes.keep(asked.results, before)
    path = tmp_path / "index.html"
    path.write_text(report.page(asked)[0], encoding="utf-8")
    resize(browser, 1440)
    browser.get(f"{path.as_uri()}#/changes")
    until(browser, lambda b: heading(b) == "Changes")
    said = one(browser, "main").text
    assert "2 rows made anew or moved, 1 new, 1 gone" in said
    assert "other settings: run-relu in place of run-other" in said
    for name in ("Tanh", "selu"):
        assert name in said
    line = one(browser, "main").find_element(
        By.XPATH, ".//tr[contains(., 'ELU')][not(contains(., 'ReLU'))]"
    )
    assert [cell.text for cell in line.find_elements(By.TAG_NAME, "td")][:3] == [
        "76.00",
        "81.00",
        "+5.00",
    ]
    browser.find_element(By.LINK_TEXT, "Smooth activations: ELU").click()
    until(browser, lambda b: heading(b) == "Smooth activations")


def test_no_row_looks_best_where_one_run_cannot_tell(wide):
    go(wide, "#/study/depth")
    until(wide, lambda b: heading(b) == "2.2.7 Depth")
    assert not wide.find_elements(By.CSS_SELECTOR, "#study .mark.good, #study tr.best")


def test_the_mean_of_several_seeds_leads_to_its_runs(wide):
    go(wide, "#/study/smooth")
    wide.find_element(By.PARTIAL_LINK_TEXT, "81.00 ± 1.00").click()
    until(wide, lambda b: heading(b) == "Runs")
    assert "row=smooth/elu" in one(wide, "#filter").get_attribute("value")
    assert one(wide, "#count").text == "3 of 10 runs"


def test_a_study_of_ones_own_shows_nothing_reported(wide):
    go(wide, "#/study/smooth")
    assert "reported" not in one(wide, "#study").text
    go(wide, "#/study/depth")
    assert "reported" in one(wide, "#study").text


def test_a_header_sorts_and_sorts_back(wide):
    go(wide, "#/study/smooth")
    written = rows(wide, "study")
    header = wide.find_element(By.XPATH, '//thead//button[text()="best"]')
    header.click()
    assert [name.split()[0] for name in rows(wide, "study")] == ["ELU", "ReLU", "Tanh"]
    header.click()
    assert [name.split()[0] for name in rows(wide, "study")] == ["Tanh", "ReLU", "ELU"]
    header.click()
    assert rows(wide, "study") == written


def test_the_settings_say_control_then_row(wide):
    go(wide, "#/study/smooth")
    assert "relu → elu" in one(wide, "#settings").text


def test_trained_anew_and_on_the_same_images_are_two_questions(wide):
    go(wide, "#/study/smooth")
    anew, images = one(wide, "#anew").text, one(wide, "#images").text
    assert "beats the control" in anew
    assert "McNemar" in images


def test_one_rows_curves_stand_alone_by_keyboard(wide):
    go(wide, "#/study/smooth")
    button = one(wide, "[aria-label='Show the curves of ELU alone']")
    until(wide, lambda b: len(b.find_elements(By.CSS_SELECTOR, ".chart svg")) == 3)
    button.send_keys(Keys.ENTER)
    assert button.get_attribute("aria-pressed") == "true"

    def strengths(browser):
        lines = browser.find_elements(
            By.CSS_SELECTOR, ".chart path[aria-roledescription='line mark']"
        )
        return {line.get_attribute("opacity") for line in lines}

    until(wide, lambda b: strengths(b) == {"1", "0.12"})
    button.send_keys(Keys.ENTER)
    until(wide, lambda b: strengths(b) == {"1"})


def test_a_high_loss_is_cut_off_and_named(wide):
    go(wide, "#/study/smooth")
    until(wide, lambda b: "above the axis, up to 40" in b.find_element(By.TAG_NAME, "main").text)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("activation=elu", 3),
        ("activation=ELU seed=1", 1),
        ("lr=0.1 activation=tanh", 3),
        ("lr=0.01", 0),
        ("best>81 best<=82", 1),
        ("flag=collapsed", 3),
        ("study=depth", 4),
        ("row=smooth/relu", 3),
        ("Tanh", 3),
        ("activation!=elu", 7),
        ("flag!=collapsed", 7),
        ("row!=relu", 7),
        ("study!=depth", 6),
    ],
)
def test_the_filter_finds_exactly_these(wide, query, count):
    go(wide, "#/runs")
    one(wide, "#filter").send_keys(query)
    until(wide, lambda b: b.find_element(By.ID, "count").text == f"{count} of 10 runs")
    assert len(rows(wide, "runs")) == count
    wide.get(wide.current_url)  # the address holds the filter
    wide.refresh()
    until(wide, lambda b: b.find_elements(By.ID, "count"))
    assert one(wide, "#count").text == f"{count} of 10 runs"


def asked(browser, expression: str):
    """What an expression comes to where the page's own functions are known."""
    here = Path(scripts.__file__).parent
    known = "\n".join((here / name).read_text() for name in scripts.NAMES if name != "about.js")
    return browser.execute_script(f"{known}\nreturn {expression};")


def test_a_curve_of_thinned_runs_is_a_mean_of_all_of_them_at_each_epoch(wide):
    # Each run keeps its own best epoch as well, 4 and 5; the second ended early, the third at once.
    runs = [
        {"history": {"epoch": epochs, **dict.fromkeys(("test_loss", "train_loss"), epochs)}}
        for epochs in ([3, 4, 6, 9], [3, 5, 6], [])
    ]
    found = asked(wide, f"bands({json.dumps(runs)}, 'loss', 'row', '#000')")
    assert [each["epoch"] for each in found if each["part"] == "test"] == [3, 6, 9]


def test_networks_are_told_apart_where_some_details_are_left_out(wide):
    """The runs of a row whose details this file has keep their seeds."""
    rows = [{"row": {"run": name, "seeds": [[0, 1], [1, 1]]}, "label": name} for name in "ab"]
    for row, seeds in zip(rows, ([1], [0, 1]), strict=True):
        row["runs"] = [{"seed": seed, "right": {"images": 8, "bits": "/w=="}} for seed in seeds]
    ids = [f"{name}/seed{seed}" for name in "ab" for seed in (0, 1)]
    known = json.dumps([[each, {"data": "x"}] for each in ids])
    lines = f"(runOf = new Map({known}), mcnemar({json.dumps(rows[0])}, [{json.dumps(rows[1])}]))"
    assert [line["seed"] for line in asked(wide, lines)] == [1]


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (999, "999"),
        (1000, "1.00 k"),
        (999_600, "1.00 M"),
        (21_282_122, "21.3 M"),
        (999.6e6, "1.00 G"),
    ],
)
def test_large_numbers_are_told_in_three_digits(wide, size, said):
    assert asked(wide, f"large({size})") == said


def test_an_address_that_nobody_can_read_says_so(wide):
    go(wide, "#/study/50%")
    assert heading(wide) == "There is no such page"


def test_an_unknown_setting_in_the_filter_is_named(wide):
    go(wide, "#/runs?q=lrr=0.1")
    assert one(wide, "#count").text == "No setting or column is called lrr."


def test_ticked_rows_are_compared_with_mcnemars_test(wide, request_of_site):
    go(wide, "#/study/smooth")
    for row in ("ReLU", "ELU"):
        one(wide, f"[aria-label='Compare {row}']").click()
    one(wide, "#ticked a").click()
    until(wide, lambda b: heading(b) == "Compare")
    lines = until(wide, lambda b: b.find_elements(By.CSS_SELECTOR, "#mcnemar tbody tr"))
    assert len(lines) == 3
    for line in lines:
        _, _, only, then, images, p = (cell.text for cell in line.find_elements(By.XPATH, "*"))
        assert images == "40"
        expected = (
            binomtest(int(only), int(only) + int(then)).pvalue if int(only) + int(then) else 1
        )
        assert float(p) == pytest.approx(expected, rel=0.01)
    wide.find_element(By.XPATH, "//button[text()='Clear']").click()
    assert not wide.find_element(By.ID, "ticked").is_displayed()


def test_a_table_is_copied_where_the_clipboard_is_closed(wide):
    go(wide, "#/study/smooth")
    # A page inside another page's frame is refused the clipboard.
    wide.execute_script(
        "navigator.clipboard.writeText = () => Promise.reject();"
        "document.execCommand = () => { window.copied = document.activeElement.value; };"
    )
    until(wide, lambda b: b.find_elements(By.XPATH, "//button[text()='LaTeX']"))
    for name, begins in (("Copy as Markdown", "# Smooth"), ("TSV", "study\trow\tlabel")):
        wide.find_element(By.XPATH, f"//button[text()='{name}']").click()
        until(
            wide,
            lambda b, begins=begins: (b.execute_script("return window.copied") or "").startswith(
                begins
            ),
        )
    assert "copied" in wide.find_element(By.ID, "said").get_attribute("textContent")


def test_dark_and_light_are_the_readers_choice(wide):
    paper = "return getComputedStyle(document.body).backgroundColor"
    light = wide.execute_script(paper)
    one(wide, "#theme").click()
    assert wide.execute_script(paper) != light
    one(wide, "#theme").click()
    assert wide.execute_script(paper) == light


def test_on_a_phone_the_row_and_its_difference_stay_in_sight(browser, site):
    resize(browser, 390)
    browser.get(site)
    go(browser, "#/study/smooth")
    name = browser.find_elements(By.CSS_SELECTOR, "#study tbody th")[1]
    until(browser, lambda _: "Δ control +10.00" in name.text)
    browser.execute_script("document.querySelector('#study').closest('.scroll').scrollLeft = 400")
    assert name.rect["x"] < 40
    assert name.is_displayed()


def test_printed_nothing_stays_folded(wide):
    go(wide, "#/about")
    folded = "return document.querySelectorAll('details:not([open])').length"
    assert wide.execute_script(folded) > 0
    wide.execute_script("window.dispatchEvent(new Event('beforeprint'))")
    assert wide.execute_script(folded) == 0
    wide.execute_script("window.dispatchEvent(new Event('afterprint'))")
    assert wide.execute_script(folded) > 0


@pytest.mark.parametrize("width", WIDTHS)
def test_on_paper_nothing_is_cut_off_or_lies_over_another(browser, site, width):
    resize(browser, width)
    browser.get(site)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        for hash_ in ("#/study/smooth", "#/study/depth", "#/runs"):
            go(browser, hash_)
            if "study" in hash_:
                until(browser, lambda b: len(b.find_elements(By.CSS_SELECTOR, ".chart svg")) >= 2)
            # The page was laid out for this screen, and is printed at the width of a letter.
            resize(browser, LETTER)
            until(browser, lambda b: b.execute_script("return innerWidth") == LETTER)
            inner = browser.execute_script("return document.documentElement.scrollWidth")
            assert inner <= LETTER, hash_
            for box in browser.find_elements(By.CLASS_NAME, "chartbox"):
                svg = box.find_element(By.TAG_NAME, "svg")
                assert svg.rect["width"] <= box.rect["width"] + 1
            for table in browser.find_elements(By.CSS_SELECTOR, "#study, #settings, #runs"):
                assert table.rect["x"] + table.rect["width"] <= LETTER, table.get_attribute("id")
            resize(browser, width)
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_the_demos_site_is_small_and_opens_without_errors(browser, demo):
    path = demo.root / "results/demo/report/index.html"
    assert path.stat().st_size < SMALL
    resize(browser, 1440)
    browser.get(path.resolve().as_uri())
    until(browser, lambda b: heading(b) == "Results at a glance")
    assert len(rows(browser, "results")) > 10
    for hash_ in ("#/study/activation", "#/replication", "#/figures", "#/table/winners"):
        go(browser, hash_)
    assert complaints(browser) == []
    assert beyond(browser) == []


def test_snakemakes_report_binds_the_site_and_stays_small(browser, bound):
    assert bound.stat().st_size < BOUND
    resize(browser, 1440)
    browser.get(bound.as_uri())
    until(
        browser,
        lambda b: "This report changes one thing" in b.find_element(By.TAG_NAME, "body").text,
    )
    for text in ("1 Report", "Results, studies, runs, figures"):
        click_text(browser, text)
    assert complaints(browser) == []
    assert beyond(browser) == []


def click_text(browser, text: str) -> None:
    """Click the menu entry of this text, once it is there."""
    found = until(
        browser,
        lambda b: [
            e for e in b.find_elements(By.XPATH, f'//*[text()="{text}"]') if e.is_displayed()
        ],
    )
    found[0].click()
