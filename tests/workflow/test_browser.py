"""The HTML report as a reader opens it, in headless Chromium."""

import json
import shutil
from pathlib import Path

import pytest
from project import Project
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

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

# Something that each part of the menu lists.
SHOWN = {
    "1 Overview": "What was run",
    "2 Studies": "Activation functions",
    "3 Figures": "Gradient predictiveness",
}

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="no Chromium and chromedriver here (Debian: chromium-driver)"
)


@pytest.fixture(scope="module")
def report(demo: Project, tmp_path_factory) -> Path:
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
    driver.set_window_size(1280, 900)
    yield driver
    driver.quit()


def complaints(browser) -> list[str]:
    return [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]


def addresses(browser) -> list[str]:
    """Every address that was asked for since the last call."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    sent = [m["params"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    return [params["request"]["url"] for params in sent]


def click_text(browser, text: str) -> None:
    """Click the menu entry of this text, once it is there."""
    found = WebDriverWait(browser, 10).until(
        lambda b: [
            e for e in b.find_elements(By.XPATH, f'//*[text()="{text}"]') if e.is_displayed()
        ]
    )
    found[0].click()


def test_the_report_opens_without_errors_and_asks_for_nothing(browser, report):
    browser.get(report.as_uri())
    page = browser.find_element("tag name", "body")
    assert "This report changes one thing" in page.text
    assert "Demo" in page.text
    for category, entry in SHOWN.items():
        browser.get(report.as_uri())
        click_text(browser, category)
        WebDriverWait(browser, 10).until(
            lambda b, entry=entry: entry in b.find_element("tag name", "body").text
        )
    assert complaints(browser) == []
    beyond = [a for a in addresses(browser) if not a.startswith(OWN)]
    assert beyond == []


@pytest.mark.parametrize("width", [800, 1280])
def test_a_study_page_shows_its_table_and_figure(browser, demo, width):
    browser.set_window_size(width, 900)
    for page in sorted((demo.root / "results/demo/report").glob("*.html")):
        browser.get(page.resolve().as_uri())
        for picture in browser.find_elements("css selector", "img, figure svg"):
            assert picture.size["width"] > 100, page
            assert picture.size["height"] > 50, page
        # Nothing makes the page itself scroll sideways; wide tables scroll by themselves.
        inner = browser.execute_script("return document.documentElement.scrollWidth")
        assert inner <= browser.execute_script("return window.innerWidth"), page
        assert complaints(browser) == [], page
    beyond = [a for a in addresses(browser) if not a.startswith(OWN)]
    assert beyond == []


def test_a_click_sorts_the_table(browser, demo):
    browser.set_window_size(1280, 900)
    browser.get((demo.root / "results/demo/report/activation.html").resolve().as_uri())
    table = browser.find_element("css selector", "table")
    rows = table.find_elements("css selector", "tbody tr")
    assert len(rows) == 7
    index, header = next(
        (i, th)
        for i, th in enumerate(table.find_elements("css selector", "thead th"))
        if "reported" in th.text.lower()
    )

    def column() -> list[float]:
        cells = table.find_elements("css selector", f"tbody tr > :nth-child({index + 1})")
        return [float(cell.text.split()[0].rstrip("*")) for cell in cells]

    target = header.find_elements("css selector", "button") or [header]
    target[0].click()
    once = column()
    target[0].click()
    assert sorted(once) in (once, once[::-1])
    assert column() == once[::-1]
