"""Validators for the schemas as they lie in docs/events; what they refer to is looked for there and nowhere else."""

import json
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from jsonschema import Draft7Validator, FormatChecker
from jsonschema.protocols import Validator
from referencing import Registry, Resource

from deploy.contracts.files import EVENTS, SCHEMAS, file_of
from deploy.contracts.schemas import ENVELOPE, Key

FORMATS = FormatChecker(())
"""The formats that the schemas use, strictly."""


@FORMATS.checks("decimal", raises=ArithmeticError)
def _decimal(text: object) -> bool:
    return Decimal(str(text)).is_finite()


@FORMATS.checks("date-time", raises=ValueError)
def _moment(text: object) -> bool:
    return datetime.fromisoformat(str(text)).utcoffset() is not None


@FORMATS.checks("date", raises=ValueError)
def _day(text: object) -> bool:
    return len(date.fromisoformat(str(text)).isoformat()) == len(str(text))


@FORMATS.checks("uuid", raises=ValueError)
def _id(text: object) -> bool:
    return str(UUID(str(text))) == text


@cache
def validator(key: Key, where: str = SCHEMAS) -> Validator:
    """The validator of an event's ``data``, by the present schemas or the ``released`` ones."""
    return validator_of(json.loads((EVENTS / where / file_of(key)).read_text("utf-8")))


def validator_of(schema: dict[str, Any]) -> Validator:
    """A validator that also looks at formats; the schema itself is checked."""
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema, registry=beside(), format_checker=FORMATS)


@cache
def beside() -> Registry[Any]:
    """The schemas under the addresses that the AsyncAPI document has for them."""
    files = sorted((EVENTS / SCHEMAS).glob("*.json"))
    return Registry().with_resources(
        (f"./{SCHEMAS}/{file.name}", Resource.from_contents(json.loads(file.read_text("utf-8")))) for file in files
    )


def faults(stored: dict[str, Any], where: str = SCHEMAS) -> list[str]:
    """What the schemas do not admit of an event in its envelope."""
    key = stored["type"], stored["dataversion"]
    found = [*validator(ENVELOPE, where).iter_errors(stored), *validator(key, where).iter_errors(stored["data"])]
    return [error.message for error in found]
