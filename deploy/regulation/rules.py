"""The rules of the source documents, and where each stands: in which packs, at which lines, under which tests."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from deploy.dev.settings import PROJECT
from shared.regulation.language.document import read
from shared.regulation.language.loading import pack_files

COUNTS = {0: 15, 1: 43, 2: 17, 3: 17, 4: 20}
"""How many rules each document has; the first one of the second document's twenty-ninth has three more."""
MORE = ("P1.29a", "P1.29b", "P1.29c")
HEAD = """# The rules and where they stand

Written by `redress pack rules`; not by hand. A rule is **played** when a pack says it in stages, fields, tables or
kinds: the linter proves the course, and the pack's journey plays it without a server. **waits** is what a department's
own function will carry out. **-** stands nowhere yet. Tests are those that bear the rule's number. What the services
run today is GLZD194 in the first edition of the language, version 1.

| rule | state | packs and lines | tests |
|---|---|---|---|
"""
TESTED = re.compile(r"def test_P(\d)_(\d+[a-c]?)_")


def all_rules() -> list[str]:
    """``P0.1`` … ``P4.20``, in order."""
    found = [f"P{document}.{number}" for document, count in COUNTS.items() for number in range(1, count + 1)]
    place = found.index("P1.29") + 1
    return [*found[:place], *MORE, *found[place:]]


def rules() -> str:
    """The whole table as Markdown."""
    said, waiting, tests = stated()
    covered = tested(PROJECT / "tests")
    rows = []
    for rule in all_rules():
        state = "played" if rule in said else "waits" if rule in waiting else "-"
        places = said.get(rule) or waiting.get(rule, {})
        where = "; ".join(f"{pack} {', '.join(map(str, lines))}" for pack, lines in places.items())
        rows.append(f"| {rule} | {state} | {where} | {', '.join(sorted(covered.get(rule, ())))} |")
    counted = [sum(f" {state} |" in row for row in rows) for state in ("played", "waits", "-")]
    tail = f"\n{counted[0]} of {len(rows)} played, {counted[1]} waiting, {counted[2]} nowhere yet; {tests} packs.\n"
    return HEAD + "\n".join(rows) + "\n" + tail


Places = dict[str, dict[str, list[int]]]
"""rule -> pack -> lines"""


def stated() -> tuple[Places, Places, int]:
    """Where each rule is said, and where it waits; and how many packs there are."""
    said: Places = defaultdict(lambda: defaultdict(list))
    waiting: Places = defaultdict(lambda: defaultdict(list))
    files = pack_files()
    for file in files:
        for rule, line, waits in cited(file):
            lines = (waiting if waits else said)[rule][file.stem]
            if line not in lines:
                lines.append(line)
    return dict(said), dict(waiting), len(files)


def cited(file: Path) -> Iterator[tuple[str, int, bool]]:
    """Every number that a pack cites: the rule, its line, and whether it only waits."""
    document = read(file.read_text("utf-8"), file.stem)
    cites = document.content.get("cites", "{}")
    for path, (line, _) in document.marks.items():
        if path and path[-1] == "cite":
            here = document.content
            for step in path:
                here = here[step]
            yield cites.replace("{}", str(here)), line, path[0] == "waits"


def tested(folder: Path) -> dict[str, set[str]]:
    """The test files of each rule that a test's name bears."""
    found: dict[str, set[str]] = defaultdict(set)
    for file in sorted(folder.rglob("test_*.py")):
        for document, number in TESTED.findall(file.read_text("utf-8")):
            found[f"P{document}.{number}"].add(str(file.relative_to(folder)))
    return found
