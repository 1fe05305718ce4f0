"""What the figures of bands and lines over steps show: equal to the measures, and labelled."""

import numpy as np
import pytest
from fake_runs import write_series
from matplotlib.collections import FillBetweenPolyCollection

from ablate.figures import (
    bands,
    beta_smoothness,
    dropout_band,
    gradient_predictiveness,
    loss_band,
    santurkar,
    style,
    vgg19_band,
)
from ablate.figures.bands import Look
from ablate.figures.framing import COLOURS, DROPPED, NORMALISED, PLAIN
from ablate.measures import measure
from ablate.measures.rolling import rolling
from ablate.measures.stepped import Band, Curve
from ablate.paths import Results
from ablate.requests.figure import Drawing
from ablate.requests.runs import FamilyMember, ShownFamily, ShownRun

STEPS, RATES = 120, (0.001, 0.002, 0.005)


@pytest.fixture(autouse=True)
def styled():
    with style.applied():
        yield


def write_family(results, name, scale=1.0, seeds=(0,), steps=STEPS, last_steps=None):
    """A family whose last rate may end early; losses fall, and so do gradients."""
    members = []
    for number, rate in enumerate(RATES):
        length = last_steps if last_steps is not None and rate == RATES[-1] else steps
        for seed in seeds:
            drawn = np.random.default_rng([seed, number, len(name)])
            fall = scale * np.exp(-np.arange(length) / STEPS) * (1 + 0.1 * drawn.random(length))
            kept = np.arange(10, length + 1, 10)
            folder = Results(results).run(f"{name}-{number}", seed)
            write_series(
                folder,
                loss=fall * (1 + number),
                gradient_difference=np.r_[np.nan, fall[1:]][:length] * (1 + number),
                gradient_steps=kept,
                gradients=drawn.standard_normal((len(kept), 10, 4)),
            )
        run = f"{name}-{number}"
        members.append(FamilyMember(label=str(rate), lr=rate, run=run, seeds=seeds))
    return ShownFamily(name=name, label=name.upper(), members=members)


def request(results, *families, runs=(), **options):
    return Drawing(
        name="bands",
        results=Results(results),
        title="A title",
        families=families,
        runs=runs,
        options=options,
    )


def fills(axes):
    return [c for c in axes.collections if isinstance(c, FillBetweenPolyCollection)]


def texts(figure):
    """Everything written on the figure outside its axes."""
    legend = figure.legends[0]
    written = [legend.get_title().get_text(), *(text.get_text() for text in legend.get_texts())]
    return "\n".join([*written, figure.get_supxlabel()])


def edges(axes):
    """The smoothed edges, a pair a family."""
    lines = [line.get_ydata() for line in axes.lines]
    return list(zip(lines[::2], lines[1::2], strict=True))


@pytest.mark.parametrize("module", [loss_band, vgg19_band])
def test_one_axes_holds_a_band_a_family_equal_to_the_measure(tmp_path, module):
    families = [write_family(tmp_path, "plain"), write_family(tmp_path, "bn", 0.5)]
    figure = module.draw(request(tmp_path, *families, every=2, window=5))
    [axes] = figure.axes
    for family, (low, high) in zip(families, edges(axes), strict=True):
        [band] = measure.per_seed(Results(tmp_path), family.members, "loss_band")
        band = band.every(2)
        np.testing.assert_allclose(low, rolling(band.low, 5))
        np.testing.assert_allclose(high, rolling(band.high, 5))
    assert len(fills(axes)) == 4
    raw = fills(axes)[0].get_paths()[0].vertices
    [band] = measure.per_seed(Results(tmp_path), families[0].members, "loss_band")
    assert set(band.every(2).low) <= set(raw[:, 1])
    assert axes.get_ylabel() == "training loss of the minibatch"
    assert axes.get_xlabel() == "training step"


def test_the_figure_says_whose_bands_they_are_and_what_was_done_to_them(tmp_path):
    families = [write_family(tmp_path, "plain", seeds=(0, 1)), write_family(tmp_path, "bn")]
    written = texts(loss_band.draw(request(tmp_path, *families, every=2, window=5)))
    assert "A title" in written
    assert "PLAIN\n(3 rates, mean of 2 seeds)" in written
    assert "BN\n(3 rates, 1 seed)" in written
    assert "One step in 2 drawn" in written
    assert "rolling median over 5 drawn steps" in written


def test_a_family_has_its_colour_in_every_figure(tmp_path):
    plain, bn, drop = (write_family(tmp_path, name) for name in ("plain", "bn", "drop"))
    [two] = loss_band.draw(request(tmp_path, plain, bn)).axes
    three = dropout_band.draw(request(tmp_path, drop, bn, plain)).axes
    assert [line.get_color() for line in two.lines[::2]] == [PLAIN, NORMALISED]
    assert len(fills(two)) == 4
    # Three bands would lie over each other: each has a panel, the others' edges thin in it.
    colours = (DROPPED, NORMALISED, PLAIN)
    for axes, colour in zip(three, colours, strict=True):
        assert len(fills(axes)) == 2
        assert {line.get_color() for line in axes.lines if line.get_linewidth() > 1} == {colour}
        assert {line.get_color() for line in axes.lines} == set(colours)
    assert len({axes.get_ylim() for axes in three}) == 1


def test_spikes_do_not_flatten_the_band_and_are_named(tmp_path):
    family = write_family(tmp_path, "plain")
    folder = Results(tmp_path).run("plain-0", 0)
    series = dict(np.load(folder / "steps.npz"))
    series["loss"][59] = 1000.0
    write_series(folder, **series)
    figure = loss_band.draw(request(tmp_path, family, every=1))
    [band] = measure.per_seed(Results(tmp_path), family.members, "loss_band")
    assert figure.axes[0].get_ylim() == (0, pytest.approx(1.2 * rolling(band.high, 9).max()))
    assert rolling(band.high, 9).max() < 4
    assert "Above the axis: 1 of the drawn values, up to 1e+03." in texts(figure)


def test_a_run_that_ended_early_is_named(tmp_path):
    family = write_family(tmp_path, "plain", last_steps=70)
    figure = loss_band.draw(request(tmp_path, family))
    assert "PLAIN: from step 71 on, up to 1 of 3 runs have no finite value" in texts(
        figure
    ).replace("\n", " ")
    assert figure.axes[0].lines[0].get_xdata()[-1] == STEPS


def test_over_seeds_the_mean_of_the_bands_is_drawn(tmp_path):
    family = write_family(tmp_path, "plain", seeds=(0, 1))
    [axes] = loss_band.draw(request(tmp_path, family, every=1, window=1)).axes
    first, second = measure.per_seed(Results(tmp_path), family.members, "loss_band")
    [(low, high)] = edges(axes)
    np.testing.assert_allclose(high, (first.high + second.high) / 2)
    np.testing.assert_allclose(low, (first.low + second.low) / 2)


def test_gradient_changes_are_drawn_logarithmically_with_what_they_mix(tmp_path):
    family = write_family(tmp_path, "plain")
    figure = gradient_predictiveness.draw(request(tmp_path, family, every=1, window=1))
    [axes] = figure.axes
    assert axes.get_yscale() == "log"
    [band] = measure.per_seed(Results(tmp_path), family.members, "gradient_predictiveness")
    [(low, high)] = edges(axes)
    np.testing.assert_allclose(low, band.low)
    np.testing.assert_allclose(high, band.high)
    assert axes.lines[0].get_xdata()[0] == 2
    written = texts(figure)
    assert "minibatch noise" in written
    assert "size of the gradient" in written
    linear = gradient_predictiveness.draw(request(tmp_path, family, scale="linear"))
    assert linear.axes[0].get_yscale() == "linear"


def test_beta_has_a_panel_a_reading_and_a_line_a_family(tmp_path):
    families = [write_family(tmp_path, "plain"), write_family(tmp_path, "bn", 0.5)]
    figure = beta_smoothness.draw(request(tmp_path, *families, every=1, window=1))
    for axes, name in zip(figure.axes, ("beta_a", "beta_b"), strict=True):
        assert len(axes.lines) == 2
        for family, line in zip(families, axes.lines, strict=True):
            [curve] = measure.per_seed(Results(tmp_path), family.members, name)
            np.testing.assert_array_equal(line.get_xdata(), curve.steps)
            np.testing.assert_allclose(line.get_ydata(), curve.value)
    assert figure.axes[0].get_title(loc="left").startswith("Reading A")
    assert figure.axes[1].get_title(loc="left").startswith("Reading B")
    assert "Smaller is smoother" in texts(figure)


def write_probed(results, run, scale, probes=40, every=25):
    folder = Results(results).run(run, 0)
    drawn = np.random.default_rng(0)
    eta = np.tile(np.geomspace(0.05, 0.4, 8), (probes, 1))
    write_series(
        folder,
        probe_steps=every * np.arange(1, probes + 1),
        probe_eta=eta,
        probe_loss=scale * (1 + eta * drawn.random((probes, 8))),
        probe_gradient_difference=scale * eta * (1 + drawn.random((probes, 8))),
        probe_gradient_norm=1 + drawn.random(probes),
    )
    return ShownRun(label=run.upper(), run=run, seeds=(0,))


def test_the_papers_measures_have_three_panels_with_both_networks(tmp_path):
    runs = [write_probed(tmp_path, "plain", 2.0), write_probed(tmp_path, "bn", 1.0)]
    asked = request(tmp_path, runs=runs, window=1)
    figure = santurkar.draw(asked)
    loss, gradient, beta = figure.axes
    for axes, name in ((loss, "loss_range"), (gradient, "gradient_range")):
        assert len(fills(axes)) == 4
        for run, (low, high) in zip(runs, edges(axes), strict=True):
            [band] = measure.per_seed(Results(tmp_path), [run], name)
            np.testing.assert_allclose(low, band.low)
            np.testing.assert_allclose(high, band.high)
    for run, line in zip(runs, beta.lines, strict=True):
        [curve] = measure.per_seed(Results(tmp_path), [run], "beta")
        np.testing.assert_allclose(line.get_ydata(), curve.value)
    written = texts(figure)
    assert "PLAIN (1 seed)" in written
    assert "One step in 25 drawn. As measured, not smoothed." in written


def test_probes_beyond_the_finite_are_counted(tmp_path):
    run = write_probed(tmp_path, "plain", 2.0)
    folder = Results(tmp_path).run("plain", 0)
    series = dict(np.load(folder / "steps.npz"))
    series["probe_loss"][:3, -1] = np.inf
    write_series(folder, **series)
    figure = santurkar.draw(request(tmp_path, runs=[run]))
    assert "Loss landscape: steps at which some η gave no finite value: 3 of PLAIN." in texts(
        figure
    )


@pytest.mark.parametrize(
    ("module", "steps", "empty_panels"),
    [
        (loss_band, 0, 1),
        (loss_band, 1, 0),
        (gradient_predictiveness, 1, 1),
        (gradient_predictiveness, 2, 0),
        (beta_smoothness, 0, 2),
        (beta_smoothness, 7, 1),
        (beta_smoothness, 10, 0),
    ],
)
def test_the_shortest_runs_can_be_drawn(tmp_path, module, steps, empty_panels):
    figure = module.draw(request(tmp_path, write_family(tmp_path, "plain", steps=steps)))
    figure.draw_without_rendering()
    said = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert said == ["nothing measured"] * empty_panels


def curve(steps):
    return Curve(np.asarray(steps), np.zeros(len(steps), int), 1, np.ones(len(steps)))


@pytest.mark.parametrize(
    ("steps", "every", "window"),
    [
        (np.arange(1, 7821), 40, 9),  # the report's runs: 196 drawn
        (np.arange(1, 1001), 20, 7),  # shorter: 50 drawn
        (np.arange(1, 49), 1, 7),  # the demo: all 48 drawn
        (np.arange(4, 49, 4), 4, 1),  # the demo's kept gradients
        (np.arange(250, 15001, 250), 250, 9),  # probes, sparser than asked
    ],
)
def test_how_dense_and_smooth_lengths_are_drawn(steps, every, window):
    fitted = Look().fitted([curve(steps)])
    assert (fitted.every, fitted.window) == (every, window)


def test_a_band_that_reaches_down_to_0_ends_the_axis_and_is_said():
    steps = np.arange(1, 6)
    low, high = np.array([0.5, 0.01, 0.0, 0.0, 1e-9]), np.full(5, 2.0)
    band = Band(steps, np.zeros(5, dtype=int), 5, low, high)
    look = Look(every=1, window=1, scale="log")
    axes = style.figure(height=3).subplots()
    bands.draw(axes, [band], COLOURS, look)
    said = bands.frame(axes, look, "change", [band])
    bottom, top = axes.get_ylim()
    assert 0.001 < bottom < 0.01 < top
    assert said == "Below the axis: 3 of the drawn values, down to 0."
