"""What is the same for every visitor is worked out once, when a template is compiled: sentences, icons, addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer

SETTLED = ("_", "icon", "static")  # functions that answer alike whenever they are asked alike


class Settling(CodeGenerator):
    """Compiles templates with `_("Search")` and its like as fixed text."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802 - Jinja's name
        super().visit_Template(_Settler(self.environment.globals).visit(node), frame)


class _Settler(NodeTransformer):
    """Puts the answer in place of every call of a settled function that is asked with fixed words alone."""

    def __init__(self, functions: Mapping[str, Any]) -> None:
        self.functions = functions

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - Jinja's name
        self.generic_visit(node)
        asked = [argument.value for argument in node.args if isinstance(argument, nodes.Const)]
        if not isinstance(node.node, nodes.Name) or node.node.name not in SETTLED:
            return node
        if len(asked) < len(node.args) or node.kwargs or node.dyn_args or node.dyn_kwargs:
            return node
        return nodes.Const(self.functions[node.node.name](*asked), lineno=node.lineno)
