"""Reads from the code what no table holds: which events a decision may say."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from types import FunctionType, ModuleType
from typing import Any

from shared.contracts import intake
from shared.contracts.event import declarations

REGISTER_SAYS = {"next_stages": (intake.StageClosed, intake.StageOpened)}
"""What a decision says through the rules: the pack decides whether and for whom."""


@cache
def said_by(decision: Callable[..., Any]) -> tuple[type, ...]:
    """The declared events that a decision, or a function of its department that it calls, constructs; in reading order."""
    return tuple(dict.fromkeys(_said(decision, set())))


def _said(function: Callable[..., Any], seen: set[Callable[..., Any]]) -> Iterator[type]:
    if function in seen or not isinstance(function, FunctionType):
        return
    seen.add(function)
    for call in _calls(function):
        yield from REGISTER_SAYS.get(_last_name(call.func), ())
        called = _resolved(call.func, function.__globals__)
        if isinstance(called, type) and called in declarations:
            yield called
        elif isinstance(called, FunctionType) and called.__module__.startswith("services."):
            yield from _said(called, seen)


def _calls(function: FunctionType) -> Iterable[ast.Call]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    return sorted((node for node in ast.walk(tree) if isinstance(node, ast.Call)), key=lambda call: call.lineno)


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
