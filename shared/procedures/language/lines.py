"""YAML documents that remember their lines, so that every fault is told where it stands."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from shared.text.characters import misplaced

M = TypeVar("M", bound=BaseModel)

Place = tuple[str | int, ...]
"""Where something stands in a document: keys and indices from the top."""


class Unreadable(ValueError):
    """A document that cannot be read: ``faults`` are (line, message), in the document's order."""

    def __init__(self, source: str, faults: tuple[tuple[int, str], ...]) -> None:
        super().__init__("\n".join(f"{source}:{line}: {message}" for line, message in faults))
        self.source = source
        self.faults = faults


class Reader(yaml.SafeLoader):
    """Plain YAML, with numbers that have a point read as Decimal and no key given twice.

    As YAML 1.2 has it, only true and false are no words: yes and no are what somebody wrote.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """As the library does, but a key that stands twice is refused."""
        seen = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} stands here twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


Reader.add_constructor("tag:yaml.org,2002:float", lambda _, node: Decimal(node.value))
TRUTH = "tag:yaml.org,2002:bool"
Reader.yaml_implicit_resolvers = {
    first: [(tag, shape) for tag, shape in resolvers if tag != TRUTH]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Reader.add_implicit_resolver(TRUTH, re.compile(r"(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))


@dataclass(frozen=True)
class Document:
    """What a YAML file says, and the line (from 1) of each of its places."""

    source: str
    content: Any
    lines: Mapping[Place, int]

    def line(self, place: Place) -> int:
        """The line of a place, or of the nearest place around it that is written."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def into(self, model: type[M], **context: object) -> M:
        """The content as a model. Raises :class:`Unreadable` with every fault and its line."""
        try:
            return model.model_validate(self.content, context={"document": self, **context})
        except ValidationError as refused:
            raise Unreadable(self.source, tuple(sorted(self._faults(refused)))) from refused

    def _faults(self, refused: ValidationError) -> Iterator[tuple[int, str]]:
        for fault in refused.errors():
            written = tuple(part for part in fault["loc"] if part != "[key]")
            named = ".".join(str(part) for part in written) or "document"
            yield self.line(self._as_written(written)), f"{named}: {fault['msg']}"

    def _as_written(self, place: Place) -> Place:
        """The place without the names that the model puts between the levels (members of a union)."""
        kept: Place = ()
        for part in place:
            if (*kept, part) in self.lines:
                kept = (*kept, part)
        return kept


UNWRITTEN = Document("", None, {})
"""The document of what was never written in a file."""


def read_document(path: Path) -> Document:
    """Read a UTF-8 YAML file. Raises :class:`Unreadable` when there is none or it is no YAML."""
    try:
        return parse_document(path.read_text("utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as fault:
        raise Unreadable(str(path), ((1, str(fault)),)) from fault


def parse_document(text: str, source: str) -> Document:
    """Read YAML from a text that came from ``source``. Raises :class:`Unreadable`."""
    try:
        reader = Reader(text)
        node = reader.get_single_node()
        content = reader.construct_document(node) if node else None
    except yaml.MarkedYAMLError as fault:
        line = fault.problem_mark.line + 1 if fault.problem_mark else 1
        raise Unreadable(source, ((line, fault.problem or "no YAML"),)) from fault
    except (yaml.YAMLError, ArithmeticError) as fault:
        raise Unreadable(source, ((1, str(fault)),)) from fault
    try:
        faults = tuple(_misplaced(node)) if node else ()
        lines = dict(_places(node)) if node else {}
    except RecursionError as fault:
        raise Unreadable(source, ((1, "a part contains itself"),)) from fault
    if faults:
        raise Unreadable(source, faults)
    return Document(source, content, lines)


def _misplaced(node: yaml.Node) -> Iterator[tuple[int, str]]:
    if isinstance(node, yaml.ScalarNode):
        if found := misplaced(node.value, line=False):
            yield node.start_mark.line + 1, f"{found.character} may not stand in a text (character {found.place})"
        return
    for part in node.value:
        for inner in part if isinstance(part, tuple) else (part,):
            yield from _misplaced(inner)


def _places(node: yaml.Node, place: Place = ()) -> Iterator[tuple[Place, int]]:
    yield place, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*place, key.value)
            yield from _places(value, inner)
            yield inner, key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _places(item, (*place, index))
