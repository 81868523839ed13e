"""Reads from the code what no table holds: which events a decision may say."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from types import FunctionType, ModuleType
from typing import Any

from shared.contracts import intake
from shared.contracts.event import declarations

REGISTER_SAYS = {"next_stages": (intake.StageClosed, intake.StageOpened)}
"""What a decision says through the rules: the pack decides whether and for whom."""


@cache
def said_by(decision: Callable[..., Any]) -> tuple[type, ...]:
    """The declared events that a decision, or a function of its department that it calls, makes; in reading order."""
    return tuple(dict.fromkeys(_said(decision, set())))


def _said(function: Callable[..., Any], seen: set[Callable[..., Any]]) -> Iterator[type]:
    if function in seen or not isinstance(function, FunctionType):
        return
    seen.add(function)
    for node in _names(function):
        yield from REGISTER_SAYS.get(_last_name(node), ())
        meant = _resolved(node, function.__globals__)
        if isinstance(meant, type) and meant in declarations and node in _made(function):
            yield meant
        elif isinstance(meant, FunctionType) and meant.__module__.startswith("services."):
            yield from _said(meant, seen)


def _names(function: FunctionType) -> list[ast.expr]:
    """Every name and dotted name in a function's body, in reading order: a function may be called by another name."""
    body = (node for statement in _tree(function).body for node in ast.walk(statement))
    names = [node for node in body if isinstance(node, ast.Name | ast.Attribute)]
    return sorted(names, key=lambda node: (node.lineno, node.col_offset))


def _made(function: FunctionType) -> set[ast.expr]:
    """The names that are called: an event's class is also named where a match only looks at it."""
    return {node.func for node in ast.walk(_tree(function)) if isinstance(node, ast.Call)}


@cache
def _tree(function: FunctionType) -> ast.FunctionDef:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    return tree


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else ""


def _resolved(node: ast.expr, names: dict[str, Any]) -> Any:
    """What a name or a dotted name in the source stands for, or None for anything else."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        holder = _resolved(node.value, names)
        if isinstance(holder, ModuleType):
            return getattr(holder, node.attr, None)
    return None
