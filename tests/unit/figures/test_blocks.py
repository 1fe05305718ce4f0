"""The residual blocks are drawn from the networks that the code builds."""

import subprocess
import sys

import pytest

from ablate.figures import residual_block, style
from ablate.figures.residual_block import BOX, layers, positions
from ablate.models import resnet
from ablate.requests.figure import Drawing


def texts(chain):
    return [layer.text for layer in chain]


def test_basic_block_is_two_convolutions_and_an_identity():
    chain = layers("resnet34", "layer1.1")
    assert texts(chain) == [
        "input",
        *("3×3 conv, 64", "batch norm", "ReLU"),
        *("3×3 conv, 64", "batch norm", "+", "ReLU"),
    ]
    total = next(layer for layer in chain if layer.kind == "add")
    assert total.inputs == (chain[5].name, "x")


def test_bottleneck_narrows_and_widens():
    convolutions = [t for t in texts(layers("resnet50", "layer1.1")) if "conv" in t]
    assert convolutions == ["1×1 conv, 64", "3×3 conv, 64", "1×1 conv, 256"]


def test_a_halving_block_has_layers_on_its_shortcut():
    chain = layers("resnet34", "layer2.0")
    places = positions(chain)
    beside = [layer.text for layer in chain if places[layer.name][0] != residual_block.MAIN]
    assert beside == ["1×1 conv, 128, stride 2", "batch norm"]


def test_tracing_a_block_loads_no_compiler():
    script = (
        "import sys; sys.path.insert(0, 'workflow')\n"
        "from ablate.figures.residual_block import layers\n"
        "layers('resnet34', 'layer1.1')\n"
        "assert 'torch._dynamo' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize(("network", "place"), [block[1:] for block in residual_block.BLOCKS])
def test_boxes_do_not_overlap_and_run_downwards(network, place):
    chain = layers(network, place)
    places = positions(chain)
    assert len(set(places.values())) == len(chain)
    for layer in chain:
        x, y = places[layer.name]
        for source in layer.inputs:
            assert places[source][1] > y
        for other in chain:
            a, b = places[other.name]
            if other is not layer:
                assert abs(a - x) > BOX[0] or abs(b - y) > BOX[1]


def test_a_change_in_the_code_changes_the_drawing(monkeypatch):
    from torch import nn

    build = resnet.build

    def with_tanh(model, classes):
        network = build(model, classes)
        for block in network.layer1:
            block.relu = nn.Tanh()
        return network

    monkeypatch.setattr(resnet, "build", with_tanh)
    assert texts(layers("resnet34", "layer1.1")).count("Tanh") == 2


def test_every_layer_of_every_block_is_written():
    with style.applied():
        figure = residual_block.draw(Drawing(name="residual_block"))
        figure.draw_without_rendering()
    assert len(figure.axes) == len(residual_block.BLOCKS)
    for axes, (title, network, place) in zip(figure.axes, residual_block.BLOCKS, strict=True):
        assert axes.get_title("center") == title
        written = [text.get_text().replace("\n", " ") for text in axes.texts]
        assert [t for t in written if t != "identity"] == texts(layers(network, place))
        assert ("identity" in written) == (place != "layer2.0")
        for text in axes.texts:
            box = text.get_window_extent()
            assert axes.get_window_extent().x0 <= box.x0
            assert box.x1 <= axes.get_window_extent().x1
