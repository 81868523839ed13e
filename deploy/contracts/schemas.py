"""The JSON Schema of every declared event version: what the codec writes of it, and no more than that.

Draft 7, because AsyncAPI's own schema objects are a superset of it: every tool that reads the one reads the other.
"""

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml
from msgspec import inspect as shapes

from shared.contracts.event import registry
from shared.eventstore.number_series import NumberDrawn

Schema = dict[str, Any]
"""A JSON Schema as plain JSON values."""

Key = tuple[str, int]
"""An event's wire name and version."""

DRAFT = "http://json-schema.org/draft-07/schema#"
HOUSE = ("services", "shared")
"""The packages whose events are contracts; others, such as those of tests, are not."""
STORED_ONLY: tuple[type, ...] = (NumberDrawn,)
"""Events that stay in the store of the service that says them."""

ENVELOPE: Key = ("envelope", 1)
"""What stands around every event. Its schema is written by hand, with what CloudEvents leaves to the writer."""
ENVELOPE_SOURCE = Path(__file__).with_name("envelope.yaml")

PLAIN: Mapping[type[shapes.Type], Schema] = {
    shapes.StrType: {"type": "string"},
    shapes.IntType: {"type": "integer"},
    shapes.BoolType: {"type": "boolean"},
    shapes.NoneType: {"type": "null"},
    shapes.DecimalType: {"type": "string", "format": "decimal"},
    shapes.DateType: {"type": "string", "format": "date"},
    shapes.DateTimeType: {"type": "string", "format": "date-time"},
    shapes.UUIDType: {"type": "string", "format": "uuid"},
}
"""How the codec writes what has no parts."""


class NoContract(Exception):
    """A field of a type that no event may hold; the text says which."""


def declared() -> dict[Key, type]:
    """Every event that the house declares, by name and version."""
    return {key: cls for key, cls in sorted(registry.items()) if cls.__module__.partition(".")[0] in HOUSE}


def schemas(events: Mapping[Key, type]) -> dict[Key, Schema]:
    """The schema of the envelope and of each event version. Raises NoContract."""
    envelope: Schema = yaml.safe_load(ENVELOPE_SOURCE.read_text("utf-8"))
    return {ENVELOPE: envelope} | {key: schema_of(cls, *key) for key, cls in events.items()}


def schema_of(cls: type, name: str, version: int) -> Schema:
    """The schema of an event's ``data``. Raises NoContract."""
    values: dict[str, Schema] = {}
    head = {"$schema": DRAFT, "$id": f"urn:redress:{name}:{version}", "title": f"{name}, version {version}"}
    body = _fields(shapes.type_info(cls), values)
    return {**head, **body} | ({"definitions": values} if values else {})


def told(cls: type) -> str:
    """What a class says of itself, as Markdown."""
    return inspect.cleandoc(cls.__doc__ or "").replace("``", "`")


def _fields(shape: shapes.Type, values: dict[str, Schema]) -> Schema:
    assert isinstance(shape, shapes.DataclassType)
    return {
        "description": told(shape.cls),
        "type": "object",
        "properties": {field.name: _written(field.type, values) | _default(field) for field in shape.fields},
        "required": [field.name for field in shape.fields if field.required],
    }


def _default(field: shapes.Field) -> Schema:
    if field.required:
        return {}
    default = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
    return {"default": msgspec.json.decode(msgspec.json.encode(default))}


def _written(shape: shapes.Type, values: dict[str, Schema]) -> Schema:
    """How the codec writes a value; small values that are classes are gathered in ``values`` by their names."""
    match shape:
        case shapes.DataclassType():
            name = shape.cls.__name__
            values[name] = _fields(shape, values)
            return {"$ref": f"#/definitions/{name}"}
        case shapes.UnionType():
            return {"anyOf": [_written(one, values) for one in shape.types]}
        case shapes.VarTupleType() | shapes.ListType():
            return {"type": "array", "items": _written(shape.item_type, values)}
        case shapes.TupleType():
            items = [_written(one, values) for one in shape.item_types]
            return {"type": "array", "items": items, "minItems": len(items), "additionalItems": False}
        case shapes.DictType(key_type=shapes.StrType()):
            return {"type": "object", "additionalProperties": _written(shape.value_type, values)}
        case _ if type(shape) in PLAIN:
            return dict(PLAIN[type(shape)])
        case _:
            raise NoContract(f"the schema of an event has no word for {shape}")
