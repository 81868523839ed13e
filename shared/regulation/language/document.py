"""A YAML file that remembers its lines and columns, so that every fault is told where it stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import yaml

Path = tuple[str | int, ...]
"""Where something stands in a document: keys and indices from the top."""
Mark = tuple[int, int]
"""A line and a column, from 1."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something that cannot be read, and where it stands."""

    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.line}:{self.column}: {self.message}"


class NoPack(ValueError):
    """A file that is no pack: its faults, in the file's order."""

    def __init__(self, source: str, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(f"{source}:{fault}" for fault in faults))
        self.source = source
        self.faults = faults


@dataclass(frozen=True)
class Document:
    """What a YAML file says, and the mark of each of its places."""

    source: str
    content: Any
    marks: Mapping[Path, Mark]

    def mark(self, path: Path) -> Mark:
        """The mark of a place, or of the nearest place around it that is written."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path, (1, 1))


UNWRITTEN = Document("", None, {})
"""The document of what was never written in a file."""


class PackLoader(yaml.SafeLoader):
    """Plain YAML; numbers with a point are Decimal, no key stands twice, ``yes``, ``no`` and dates stay text."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """As the library does, but a key that stands twice is refused."""
        seen: set[Any] = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} stands here twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


STAY_TEXT = frozenset({"tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp"})
PackLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in STAY_TEXT]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
PackLoader.add_constructor("tag:yaml.org,2002:float", lambda _, node: Decimal(node.value))


def read(text: str, source: str) -> Document:
    """Read YAML. Raises NoPack."""
    try:
        loader = PackLoader(text)
        node = loader.get_single_node()
        content = loader.construct_document(node) if node else None
        return Document(source, content, dict(_marks(node)) if node else {})
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise NoPack(source, (Fault(line, column, fault.problem or "this is no YAML"),)) from fault
    except (yaml.YAMLError, ArithmeticError) as fault:
        raise NoPack(source, (Fault(1, 1, str(fault)),)) from fault
    except RecursionError as fault:
        raise NoPack(source, (Fault(1, 1, "a part contains itself"),)) from fault


def _marks(node: yaml.Node, path: Path = ()) -> Iterator[tuple[Path, Mark]]:
    yield path, (node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*path, key.value)
            yield from _marks(value, inner)
            yield inner, (key.start_mark.line + 1, key.start_mark.column + 1)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _marks(item, (*path, index))
