"""One word, one thing: no two public classes of the library have one name."""

import ast
from collections import defaultdict
from pathlib import Path

LIBRARY = Path(__file__).parents[2] / "workflow" / "ablate"
# Names that stand for one thing in several modules, and why.
SHARED = {
    "Observer": "each module of observers has its own, under the name by which it is loaded",
    "Pipeline": "training says what it needs of one, and augmentation has it",
    "ResNet": "a network, and the settings from which it is built",
    "VGG": "a network, and the settings from which it is built",
}


def test_no_two_classes_have_one_name():
    found = defaultdict(set)
    for file in LIBRARY.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].add(str(file.relative_to(LIBRARY)))
    shared = {name: files for name, files in found.items() if len(files) > 1}
    assert {name: files for name, files in shared.items() if name not in SHARED} == {}
    assert set(SHARED) <= set(shared), "a name on this page that is one class's alone"
