"""What docs/operations.md tells an operator to do about backup and restore, taken from there word by word."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from shlex import split

from deploy.dev.settings import PROJECT

SECTION = "## Backup and restore\n"
INDENT = "    "


def block(word: str, places: Mapping[str, object]) -> str:
    """The only indented block with this word in it, with the places that it names as an example replaced by ours."""
    (found,) = [each for each in blocks() if word in each]
    for example, ours in places.items():
        assert example in found, f"{example} is not in: {found}"
        found = found.replace(example, str(ours))
    return found


def commands(word: str, places: Mapping[str, object]) -> list[list[str]]:
    """The commands of a block in their words, without what is remarked on them."""
    return [split(line, comments=True) for line in block(word, places).splitlines()]


def blocks() -> Iterator[str]:
    """Every indented block of the section."""
    text = (PROJECT / "docs" / "operations.md").read_text("utf-8")
    section = text.partition(SECTION)[2].partition("\n## ")[0]
    for indented, lines in groupby(section.splitlines(), lambda line: line.startswith(INDENT)):
        if indented:
            yield "".join(f"{line.removeprefix(INDENT)}\n" for line in lines)
