"""The reference of the pack language, written from the model, with an example of each word from a real pack."""

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from shared.regulation.language.document import Path, read
from shared.regulation.language.fields import Level, PackField, Party, Row, Table, Unit
from shared.regulation.language.loading import pack_files
from shared.regulation.language.model import Kind, Known, Opening, Pack, PackDocument, Report, Waits, Watch
from shared.regulation.language.stages import Clock, Extension, Outcome, Related, Rung, Share, Stage

PARTS: Mapping[type[BaseModel], tuple[str, ...]] = {
    Pack: (),
    Unit: ("units", "*"),
    Level: ("levels", "*"),
    Party: ("parties", "*"),
    PackField: ("fields", "*"),
    Table: ("tables", "*"),
    Row: ("rows", "*"),
    Stage: ("stages", "*"),
    Outcome: ("choose", "*"),
    Related: ("begins",),
    Clock: ("due",),
    Extension: ("extends",),
    Share: ("shares", "*"),
    Rung: ("late", "*"),
    Kind: ("kinds", "*"),
    Opening: ("opens",),
    Watch: ("watches", "*"),
    PackDocument: ("documents", "*"),
    Report: ("reports", "*"),
    Known: ("known", "*"),
    Waits: ("waits", "*"),
}
"""Each part of the model, and behind which words it stands in a pack."""
HEAD = """# Reference of the pack language

Written from the model by `redress pack reference`; not by hand. The tutorial is [tutorial.md](tutorial.md).
"""
LONGEST = 110


def reference() -> str:
    """The whole reference as Markdown."""
    packs = [read(file.read_text("utf-8"), file.stem) for file in pack_files()]
    written = [(path, file.read_text("utf-8").splitlines()[line - 1][column - 1 :])
               for pack, file in zip(packs, pack_files(), strict=True)
               for path, (line, column) in pack.marks.items()]  # fmt: skip
    return "\n".join(chain([HEAD], *(_part(part, behind, written) for part, behind in PARTS.items()))) + "\n"


def _part(part: type[BaseModel], behind: tuple[str, ...], written: list[tuple[Path, str]]) -> Iterator[str]:
    yield f"## {part.__name__.removeprefix('Pack') or 'Pack'}\n"
    yield f"{_told(part.__doc__ or '')}\n"
    yield "| word | value | example |"
    yield "|---|---|---|"
    for name, field in part.model_fields.items():
        word = field.alias or name
        value = f"{_value(part, word)}{'' if field.is_required() else _usual(field)}".replace("|", "\\|")
        yield f"| `{word}` | {value} | {_example(word, behind, written)} |"
    yield ""


def _told(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("``", "`")).strip()


def _value(part: type[BaseModel], word: str) -> str:
    """What stands behind a word, from the JSON Schema."""
    return _shape(part.model_json_schema(by_alias=True)["properties"].get(word, {}))


def _shape(schema: dict[str, Any]) -> str:
    if "description" in schema and "properties" not in schema and len(schema["description"]) < 90:
        return str(schema["description"])
    if "enum" in schema:
        return ", ".join(f"`{each}`" for each in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2].removeprefix("Pack").lower()
    if several := schema.get("anyOf"):
        told = [_shape(each) for each in several if each.get("type") != "null"]
        return " or ".join(dict.fromkeys(filter(None, told)))
    match schema.get("type"):
        case "array":
            return f"one or a list of: {_shape(schema.get('items', {})) or 'codes'}"
        case "object":
            inner: dict[str, Any] = schema.get("additionalProperties") or next(
                iter(schema.get("patternProperties", {}).values()), {}
            )
            return f"code: {_shape(inner) or 'value'}"
        case "string":
            return "a code" if "pattern" in schema else "text"
        case "boolean":
            return "yes or no"
        case "integer" | "number":
            return "a number"
    return ""


def _usual(field: FieldInfo) -> str:
    usual = field.default
    plain = isinstance(usual, str | int | bool) and usual not in ("", False)
    return f"; `{usual}` if not said" if plain else ""


def _example(word: str, behind: tuple[str, ...], written: list[tuple[Path, str]]) -> str:
    """The shortest place of a real pack at which the word stands, up to its end."""
    found = sorted((_cut(text) for path, text in written if _stands(path, (*behind, word))), key=len)
    return f"`{found[0].replace('|', chr(92) + '|')}`" if found else ""


def _stands(path: Path, wanted: tuple[str, ...]) -> bool:
    """Whether a path ends with the wanted words; ``*`` is any."""
    last = path[-len(wanted) :]
    if len(path) < len(wanted) or (len(wanted) == 1 and len(path) > 1):
        return False
    return all(want in ("*", here) for want, here in zip(wanted, last, strict=True))


def _cut(text: str) -> str:
    """What stands from a place on, as far as its own brackets go."""
    depth = 0
    for place, character in enumerate(text):
        depth += (character in "[{") - (character in "]}")
        if depth < 0 or (depth == 0 and character == ","):
            text = text[:place]
            break
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"
