"""Every rule of GLZD194 that the product claims to run has a test that bears its number."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
CLAIMED = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 17, 18, 19, 23, 24, 25, 26, 30]
"""The rules P1.* in force; the others of the regulation are not run yet."""


def told() -> set[int]:
    """The P1 rules that the names of tests bear."""
    names = re.compile(r"def test_\w*")
    rules = re.compile(r"P1_(\d+)")
    return {
        int(number)
        for file in TESTS.rglob("test_*.py")
        for name in names.findall(file.read_text("utf-8"))
        for number in rules.findall(name)
    }


def test_every_rule_in_force_has_a_test_that_bears_its_number() -> None:
    assert [f"P1.{number}" for number in CLAIMED if number not in told()] == []
