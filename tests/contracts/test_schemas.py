"""The schemas say what the codec writes: of whatever an event may hold, and of every event that was ever stored."""

import builtins
import types
import typing
from dataclasses import is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy.contracts.files import RELEASED, file_of, read_released
from deploy.contracts.golden import Golden, read_golden
from deploy.contracts.schemas import declared
from shared.contracts.event import Event
from shared.eventstore.codec import decode, encode
from tests.contracts.admitting import faults
from tests.contracts.corpus import Life, lives

EXAMPLES = read_golden()
PROMISED = read_released()
BY_FILE = {each.file: each for each in EXAMPLES}
FILED = BY_FILE["intake.complaint-filed.v1.json"].envelope
OPENED = BY_FILE["intake.stage-opened.v1.json"].envelope

VALUES: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(st.characters(exclude_categories=("Cs",)), max_size=20),
    int: st.integers(-(2**62), 2**62),
    bool: st.booleans(),
    NoneType: st.none(),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False),
    date: st.dates(),
    datetime: st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    UUID: st.uuids(),
}
"""What a field of a type may hold."""


def holding(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a type that a field may have. What a command's bounds keep out may be stored all the same."""
    parts = get_args(kind)
    match get_origin(kind):
        case typing.Annotated:
            return holding(parts[0])
        case types.UnionType | typing.Union:
            return st.one_of(*map(holding, parts))
        case builtins.tuple if Ellipsis in parts:
            return st.lists(holding(parts[0]), max_size=3).map(tuple)
        case builtins.tuple:
            return st.tuples(*map(holding, parts))
        case builtins.dict:
            return st.dictionaries(*map(holding, parts), max_size=3)
    if is_dataclass(kind):
        return st.builds(
            kind, **{name: holding(hint) for name, hint in get_type_hints(kind, include_extras=True).items()}
        )
    return VALUES[kind]


@pytest.mark.parametrize("key", declared(), ids=file_of)
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_whatever_the_codec_writes_of_an_event_its_schema_admits(key: tuple[str, int], data: st.DataObject) -> None:
    said: Event = data.draw(holding(declared()[key]))
    stored = msgspec.json.decode(encode(said, decode(BY_FILE[file_of(key)].state).envelope))

    assert faults(stored) == []
    assert key not in PROMISED or faults(stored, RELEASED) == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.file)
def test_a_golden_example_is_admitted_by_its_schema(example: Golden) -> None:
    assert example.key not in declared() or faults(example.envelope) == []
    assert example.key not in PROMISED or faults(example.envelope, RELEASED) == []


@pytest.mark.parametrize("life", lives(), ids=str)
def test_what_was_stored_of_an_old_case_is_admitted_by_the_schemas_released(life: Life) -> None:
    stored = (msgspec.json.decode(state) for service in life.services for state in life.states(service))
    assert [fault for each in stored for fault in faults(each, RELEASED)] == []


@pytest.mark.parametrize(
    ("stored", "fault"),
    [
        (FILED | {"data": FILED["data"] | {"delivered": 400}}, "400 is not of type 'string'"),
        (FILED | {"data": FILED["data"] | {"delivered": "many"}}, "'many' is not a 'decimal'"),
        (FILED | {"data": FILED["data"] | {"delivered_on": "2.6.2025"}}, "'2.6.2025' is not a 'date'"),
        (FILED | {"data": {}}, "'customer' is a required property"),
        (FILED | {"data": FILED["data"] | {"value": {"amount": "1.00"}}}, "'currency' is a required property"),
        (FILED | {"time": "2026-11-22T05:17:20"}, "'2026-11-22T05:17:20' is not a 'date-time'"),
        (FILED | {"subject": "the case"}, "'the case' is not a 'uuid'"),
        (FILED | {"specversion": "2.0"}, "'1.0' was expected"),
        (
            OPENED | {"data": OPENED["data"] | {"deadline": OPENED["data"]["deadline"] | {"warnings": [[50]]}}},
            "is not valid under any of the given schemas",
        ),
    ],
)
def test_what_the_codec_would_never_write_is_not_admitted(stored: dict[str, Any], fault: str) -> None:
    assert faults(stored)[0].endswith(fault)
