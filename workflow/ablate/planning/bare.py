"""Source text without what does not act on what is computed, as a syntax tree.

Left out are comments, docstrings, formatting, the order of imports, annotations of functions and
dataclasses, and text inside `raise`, `print(...)` and `...Error(...)`.
"""

import ast
import sys

# Python 3.13 leaves out of a written tree what is empty unless it is asked.
SHOW_EMPTY = {"show_empty": True} if sys.version_info >= (3, 13) else {}


def bared(text: str) -> ast.Module:
    """The tree of a module's text, bare."""
    return _Bare().visit(ast.parse(text))


def written(tree: ast.AST) -> str:
    """The tree as Python 3.11 writes it, so that a newer Python outdates nothing.

    Python 3.12 adds the type parameters of each function and class.
    """
    return ast.dump(tree, **SHOW_EMPTY).replace(", type_params=[]", "")


class _Bare(ast.NodeTransformer):
    """Takes from a syntax tree what does not act on what is computed."""

    def __init__(self) -> None:
        self.kept: set[int] = set()

    def visit_Module(self, node: ast.Module) -> ast.Module:
        return self._bare(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.returns = None
        return self._bare(node)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        if not any("dataclass" in ast.dump(decorator) for decorator in node.decorator_list):
            # In any other class they may declare what is checked, as pydantic's do.
            own = [inner for inner in node.body if isinstance(inner, ast.AnnAssign)]
            self.kept.update(map(id, own))
        return self._bare(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AnnAssign:
        if id(node) not in self.kept:
            node.annotation = ast.Constant(None)
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return [self.visit(inner) for inner in node.orelse]
        return self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> ast.Raise:
        return _Mute().visit(self.generic_visit(node))

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.generic_visit(node)
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name == "print" or name.endswith("Error"):
            _Mute().generic_visit(node)
        return node

    def _bare(self, node: ast.AST) -> ast.AST:
        first = node.body[0] if node.body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            node.body = node.body[1:]
        self.generic_visit(node)
        node.body = _with_imports_sorted(node.body) or [ast.Pass()]
        return node


class _Mute(ast.NodeTransformer):
    """Empties every text."""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant("") if isinstance(node.value, str) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.Constant:
        return ast.Constant("")


def _with_imports_sorted(body: list[ast.stmt]) -> list[ast.stmt]:
    """Each run of imports in an order of its own."""
    found: list[ast.stmt] = []
    imports: list[ast.stmt] = []
    for node in [*body, None]:
        if isinstance(node, ast.Import | ast.ImportFrom):
            node.names.sort(key=lambda alias: alias.name)
            imports.append(node)
            continue
        found += sorted(imports, key=written)
        imports = []
        if node is not None:
            found.append(node)
    return found
