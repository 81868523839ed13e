"""A public class name stands for one thing in the whole repository."""

import ast
from collections import defaultdict
from pathlib import Path

from tests.house.walls import inside, modules_of

ROOT = Path(__file__).parents[2]

SUCCESSOR, PREDECESSOR = "shared.regulation", "shared.procedures"
"""The next pack language grows beside the one that it replaces, and bears its names until that one goes."""
ONCE_MORE = {"Clock", "Share", "Said"}
"""Names of the next language that it shares with others, or uses twice, while it grows."""


def used_twice(root: Path) -> dict[str, list[str]]:
    """The public class names that several modules declare, with these modules."""
    declared: defaultdict[str, list[str]] = defaultdict(list)
    for module, file in modules_of(root):
        for node in ast.parse(file.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                declared[node.name].append(module)
    return {name: modules for name, modules in sorted(declared.items()) if len(modules) > 1}


def is_growing(name: str, modules: list[str]) -> bool:
    """Whether a name is used twice only because two pack languages stand side by side."""
    others = [module for module in modules if not inside(module, SUCCESSOR)]
    if len(others) == len(modules):
        return False
    return name in ONCE_MORE or [inside(module, PREDECESSOR) for module in others] == [True]


def test_a_public_class_name_is_used_once() -> None:
    assert {name: modules for name, modules in used_twice(ROOT).items() if not is_growing(name, modules)} == {}


def test_a_name_that_is_used_twice_is_caught(tmp_path: Path) -> None:
    for place in ("shared/http/one.py", "services/intake/other.py"):
        file = tmp_path / place
        file.parent.mkdir(parents=True)
        file.write_text("class Desk:\n    pass\n\n\nclass _Desk:\n    pass\n", "utf-8")

    assert used_twice(tmp_path) == {"Desk": ["services.intake.other", "shared.http.one"]}
