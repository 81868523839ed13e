"""Habits of the house that a reader relies on: each file says what it is, no hidden clock, one sitting long."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST = 400
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time"), ("uuid", "uuid4")}
MAY_READ_CLOCK = {"shared/clock.py"}


def modules() -> Iterator[Path]:
    for top in ("services", "shared", "deploy"):
        yield from sorted((ROOT / top).rglob("*.py"))


def hidden_clocks(tree: ast.AST) -> list[int]:
    """The lines that read the machine's clock."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and (node.func.value.id, node.func.attr) in CLOCKS - {("uuid", "uuid4")}
    ]


def chance_in_domain(tree: ast.AST) -> list[int]:
    """The lines of a domain that ask for chance."""
    names = {"uuid4", "uuid1", "random", "token_hex"}
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id in names)
            or (isinstance(node.func, ast.Attribute) and node.func.attr in names)
        )
    ]


def test_every_module_opens_with_one_sentence() -> None:
    silent = [
        str(file.relative_to(ROOT))
        for file in modules()
        if file.read_text("utf-8").strip() and not ast.get_docstring(ast.parse(file.read_text("utf-8")))
    ]
    assert silent == []


def test_every_file_is_read_in_one_sitting() -> None:
    long = {
        str(file.relative_to(ROOT)): count
        for file in modules()
        if (count := len(file.read_text("utf-8").splitlines())) > LONGEST
    }
    assert long == {}


def test_only_the_clock_reads_the_clock() -> None:
    readers = {
        f"{file.relative_to(ROOT)}:{line}"
        for file in modules()
        if str(file.relative_to(ROOT)) not in MAY_READ_CLOCK
        for line in hidden_clocks(ast.parse(file.read_text("utf-8")))
    }
    assert readers == set()


def test_no_domain_asks_for_chance() -> None:
    gamblers = {
        f"{file.relative_to(ROOT)}:{line}"
        for file in modules()
        if file.relative_to(ROOT).parts[0] == "services" and "domain" in str(file.relative_to(ROOT))
        for line in chance_in_domain(ast.parse(file.read_text("utf-8")))
    }
    assert gamblers == set()


@pytest.mark.parametrize("line", ["datetime.now(UTC)", "date.today()", "time.time()"])
def test_a_planted_clock_is_caught(line: str) -> None:
    assert hidden_clocks(ast.parse(line)) == [1]


@pytest.mark.parametrize("line", ["uuid4()", "uuid.uuid4()", "secrets.token_hex(8)"])
def test_planted_chance_is_caught(line: str) -> None:
    assert chance_in_domain(ast.parse(line)) == [1]
