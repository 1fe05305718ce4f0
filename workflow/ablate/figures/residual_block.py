"""Figure 2: the residual blocks, traced from the networks that the code builds."""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from torch import fx, nn

from ablate.figures import style
from ablate.models import resnet
from ablate.requests.figure import Drawing
from ablate.settings import ResNet
from ablate.shapes import ShapesOnly

BLOCKS = (
    ("Basic block\n(ResNet-18, -34)", "resnet34", "layer1.1"),
    ("Basic block that\nhalves the map", "resnet34", "layer2.0"),
    ("Bottleneck\n(ResNet-50, -101, -152)", "resnet50", "layer1.1"),
)
SCALE = "channels as at full width (model.width 1); narrower networks have fewer"
COLOURS = {"conv": "#D6E8F5", "norm": "#EFEFEF", "act": "#FBE3D3", "add": "#FFFFFF"}
MAIN, SIDE = 0.0, 2.0  # x of the main path and of the shortcut's layers
AROUND = 1.4  # x of a shortcut without layers
BOX = (1.8, 0.62)


@dataclass(frozen=True)
class Layer:
    """A box of the drawing: what the block computes there, and from which layers' outputs."""

    name: str
    text: str
    kind: str
    inputs: tuple[str, ...]


def draw(request: Drawing) -> Figure:
    """Every kind of residual block, layer by layer, as the networks of `ablate.models` run it."""
    figure = style.figure(height=6.4)
    panels = figure.subplots(1, len(BLOCKS), sharey=True)
    for axes, (title, network, place) in zip(panels, BLOCKS, strict=True):
        _draw_block(axes, layers(network, place))
        axes.set_title(title, loc="center", fontsize=11)
    panels[0].set_ylim(min(axes.dataLim.y0 for axes in panels) - 0.1, 0.5)
    figure.supxlabel(SCALE, fontsize=10)
    return figure


def layers(network: str, place: str) -> list[Layer]:
    """The layers of the block at `place` in `network`, in the order in which they run."""
    with torch.device("meta"), ShapesOnly():
        block = resnet.build(ResNet(name=network), 10).get_submodule(place)
    nodes = fx.Tracer().trace(block).nodes
    return [_layer(node, block) for node in nodes if node.op != "output"]


def _layer(node: fx.Node, block: nn.Module) -> Layer:
    inputs = tuple(source.name for source in node.all_input_nodes)
    if node.op == "placeholder":
        return Layer(node.name, "input", "input", inputs)
    if node.op == "call_module":
        return Layer(node.name, *_describe(block.get_submodule(node.target)), inputs)
    return Layer(node.name, "+", "add", inputs)


def _describe(module: nn.Module) -> tuple[str, str]:
    if isinstance(module, nn.Conv2d):
        kernel = "×".join(map(str, module.kernel_size))
        stride = f", stride {module.stride[0]}" if module.stride[0] != 1 else ""
        return f"{kernel} conv, {module.out_channels}{stride}", "conv"
    if isinstance(module, nn.BatchNorm2d):
        return "batch norm", "norm"
    return type(module).__name__, "act"


def _draw_block(axes: Axes, chain: list[Layer]) -> None:
    places = positions(chain)
    for layer in chain:
        _draw_layer(axes, layer, places[layer.name])
    for layer in chain:
        for source in layer.inputs:
            _connect(axes, places[source], places[layer.name])
    last = places[chain[-1].name]
    _arrow(axes, [(last[0], last[1] - BOX[1] / 2), (last[0], last[1] - 1)])
    axes.update_datalim([(0, last[1] - 1)])
    axes.set_xlim(-1.0, SIDE + 1.0)
    axes.set_axis_off()


def positions(chain: list[Layer]) -> dict[str, tuple[float, float]]:
    """Where each layer's box stands: the main path straight down, the shortcut's layers beside it.

    The shortcut is whatever reaches the sum from another input than the sum's first.
    """
    shortcut = _shortcut(chain)
    main = [layer for layer in chain if layer.name not in shortcut]
    places = {layer.name: (MAIN, -float(row)) for row, layer in enumerate(main)}
    bottom = next(places[layer.name][1] for layer in main if layer.kind == "add")
    for row, name in enumerate(reversed(shortcut)):
        places[name] = (SIDE, bottom + 1.5 + row)
    return places


def _shortcut(chain: list[Layer]) -> list[str]:
    """Names of the layers that stand only on the way to the sum's second input."""
    by_name = {layer.name: layer for layer in chain}
    total = next(layer for layer in chain if layer.kind == "add")
    main = set(_upstream(by_name, total.inputs[0]))
    return [name for name in _upstream(by_name, total.inputs[1]) if name not in main][::-1]


def _upstream(by_name: dict[str, Layer], name: str) -> Iterable[str]:
    yield name
    for source in by_name[name].inputs:
        yield from _upstream(by_name, source)


def _draw_layer(axes: Axes, layer: Layer, place: tuple[float, float]) -> None:
    x, y = place
    if layer.kind == "input":
        axes.text(x, y + 0.05, layer.text, ha="center", va="center", fontsize=9.5)
        return
    width, height = (0.5, 0.5) if layer.kind == "add" else BOX
    axes.add_patch(
        FancyBboxPatch(
            (x - width / 2, y - height / 2),
            *(width, height),
            boxstyle=f"round,pad=0,rounding_size={0.25 if layer.kind == 'add' else 0.08}",
            facecolor=COLOURS[layer.kind],
            edgecolor=style.GREY,
        )
    )
    axes.text(
        x, y, layer.text.replace(", stride", ",\nstride"), ha="center", va="center", fontsize=8
    )


def _connect(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    half = BOX[1] / 2
    straight = start[0] == end[0] and start[1] - end[1] <= 1.001
    if straight:
        _arrow(axes, [(start[0], start[1] - half), (end[0], end[1] + half)])
    elif start[0] == end[0]:
        _arrow(axes, [(start[0], start[1] - 0.42), (AROUND, start[1] - 0.42)], head=False)
        _arrow(axes, [(AROUND, start[1] - 0.42), (AROUND, end[1])], head=False)
        _arrow(axes, [(AROUND, end[1]), (end[0] + 0.25, end[1])])
        middle = (start[1] + end[1]) / 2
        axes.text(AROUND + 0.1, middle, "identity", rotation=90, va="center", fontsize=9)
    elif end[0] == SIDE:
        _arrow(axes, [(start[0], start[1] - 0.42), (SIDE, start[1] - 0.42)], head=False)
        _arrow(axes, [(SIDE, start[1] - 0.42), (SIDE, end[1] + half)])
    else:
        _arrow(axes, [(SIDE, start[1] - half), (SIDE, end[1])], head=False)
        _arrow(axes, [(SIDE, end[1]), (end[0] + 0.25, end[1])])


def _arrow(axes: Axes, points: list[tuple[float, float]], head: bool = True) -> None:
    axes.add_patch(
        FancyArrowPatch(
            *points,
            arrowstyle="-|>" if head else "-",
            mutation_scale=9,
            shrinkA=0,
            shrinkB=0,
            color=style.GREY,
            linewidth=1.2,
        )
    )
