"""The texts of snakemake's own report are valid and say what they should."""

from pathlib import Path
from types import SimpleNamespace

from docutils.core import publish_parts
from jinja2 import Environment

from ablate.building import menu

REPORT = Path(__file__).parents[3] / "report"
# As Snakemake sets up its own.
TEMPLATES = Environment(trim_blocks=True, lstrip_blocks=True)


def rendered(name, **snakemake):
    snakemake = SimpleNamespace(**{"config": {}, **snakemake})
    text = TEMPLATES.from_string((REPORT / name).read_text()).render(snakemake=snakemake)
    settings = {"halt_level": 2, "report_level": 2}
    return publish_parts(text, writer="html", settings_overrides=settings)["html_body"]


RUN = {
    "preset": "demo",
    "data": "shapes, 512 training images",
    "note": "Demo: synthetic data",
    "seeds": [0, 1],
    "stale": [menu.rst("runs/resnet34-activation=ELU_x: *other* code")],
    "studies": ["stem", "depth"],
}


def test_first_page_says_what_was_run_and_what_is_stale():
    page = rendered("workflow.rst", config={"ablate": RUN})
    for text in ("Demo: synthetic data", "Preset: demo", "Seeds: 0, 1", "512", "stem, depth"):
        assert text in page
    assert "Out of date" in page
    assert "runs/resnet34-activation=ELU_x:" in page
    assert "*other*" in page


def test_first_page_of_a_whole_report_warns_of_nothing():
    page = rendered("workflow.rst", config={"ablate": {**RUN, "stale": [], "note": None}})
    assert "Out of date" not in page
    assert "admonition" not in page
    assert "Where to look" in rendered("workflow.rst")


def test_site_and_figures_have_their_captions():
    text = rendered("captions/site.rst", config={"ablate": RUN})
    assert "learning curves" in text
    assert "Demo: synthetic data" in text
    params = SimpleNamespace(caption="Figure 6. By epoch.")
    text = rendered("captions/figure.rst", params=params, config={"ablate": RUN})
    assert "Figure 6. By epoch." in text
    assert "Demo: synthetic data" in text
