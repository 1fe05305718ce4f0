"""One word, one thing: no two public classes or type aliases of the library have one name."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

LIBRARY = Path(__file__).parents[2] / "workflow" / "ablate"
# Names that stand for one thing in several modules, and why.
SHARED = {
    "Observer": "each module of observers has its own, under the name by which it is loaded",
    "Percent": "an accuracy from 0 to 100, in the files of runs and in a config",
    "Pipeline": "training says what it needs of one, and augmentation has it",
    "ResNet": "a network, and the settings from which it is built",
    "VGG": "a network, and the settings from which it is built",
}
# Names that stand for two things: to rename the one in this module would make this anew.
KEPT = {
    "Batch": ("data/batches.py", "every training"),
    "Criterion": ("training/parts.py", "every training"),
    "Figure": (
        "data/synthetic.py",
        "the packed synthetic images",
    ),
    "Loss": ("runs/metrics.py", "the metrics of every training"),
    "Row": ("training/training.py", "every training"),
}
# CamelCase: constants are written in capitals alone.
CAMEL = re.compile(r"[A-Z]\w*[a-z]\w*")


def named(tree: ast.Module) -> Iterator[str]:
    """The public classes of a module, and what else it gives a name of that kind."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node.name
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = (target.id for target in targets if isinstance(target, ast.Name))
            yield from filter(CAMEL.fullmatch, names)


def test_no_two_classes_or_aliases_have_one_name():
    found = defaultdict(set)
    for file in LIBRARY.rglob("*.py"):
        for name in named(ast.parse(file.read_text())):
            found[name].add(str(file.relative_to(LIBRARY)))
    shared = {name: files for name, files in found.items() if len(files) > 1}
    assert {n: files for n, files in shared.items() if n not in SHARED and n not in KEPT} == {}
    assert set(SHARED) | set(KEPT) <= set(shared), "a name on this page that is one thing's alone"
    assert {name: file for name, (file, _) in KEPT.items() if file not in shared[name]} == {}


def test_an_alias_is_seen_and_a_constant_is_not():
    text = "Row = list[int]\nSize: TypeAlias = int\nMOST = 3\n_Own = int\nclass A: pass\n"
    assert sorted(named(ast.parse(text))) == ["A", "Row", "Size"]
