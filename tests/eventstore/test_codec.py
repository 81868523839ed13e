"""Events as bytes: what is written can be read, by others too, for ever."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.envelope import Envelope, Recorded
from shared.contracts.event import event, version_of, wire_name
from shared.contracts.values import Actor, Deadline, Money
from shared.eventstore.codec import SIZE_LIMIT, TooLarge, UnreadableEvent, decode, encode, upcast
from tests.support.building import CLERK


@event("testing.everything")
class Everything:
    """Each kind of value that a published event may hold."""

    text: str
    whole: int
    yes: bool
    quantity: Decimal
    nothing: Decimal | None
    day: date
    moment: datetime
    id: UUID
    money: Money
    deadline: Deadline | None
    lines: tuple[str, ...]
    amounts: dict[str, Decimal]
    pairs: tuple[tuple[int, str], ...]


@event("testing.renamed", version=3)
class Renamed:
    customer: str
    region: str


moments = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**12), max_value=10**12)
texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
monies = st.builds(Money, decimals, st.sampled_from(["TWD", "CNY"]))
deadlines = st.builds(
    Deadline, texts, texts, moments, moments, texts, texts, st.tuples(st.tuples(st.integers(1, 100), moments))
)
events = st.builds(
    Everything,
    text=texts,
    whole=st.integers(-(2**62), 2**62),
    yes=st.booleans(),
    quantity=decimals,
    nothing=st.none() | decimals,
    day=st.dates(),
    moment=moments,
    id=st.uuids(),
    money=monies,
    deadline=st.none() | deadlines,
    lines=st.lists(texts, max_size=3).map(tuple),
    amounts=st.dictionaries(texts, decimals, max_size=3),
    pairs=st.lists(st.tuples(st.integers(0, 9), texts), max_size=3).map(tuple),
)
codes = st.text("abcdefghijklmnopqrstuvwxyzABC-0123456789", min_size=1, max_size=8)
actors = st.builds(Actor, codes, texts, codes, codes, st.lists(codes, max_size=3).map(tuple))


@st.composite
def envelopes(draw: st.DrawFn, said: type = Everything) -> Envelope:
    return Envelope(
        id=draw(st.uuids()),
        source="testing",
        type=wire_name(said),
        subject=draw(st.uuids()),
        time=draw(moments),
        version=draw(st.integers(1, 10**6)),
        schema=version_of(said),
        site=draw(codes),
        actor=draw(actors),
        correlation=draw(st.uuids()),
        causation=draw(st.none() | st.uuids()),
        pack=draw(codes),
        pack_version=draw(st.integers(1, 99)),
        hlc=draw(codes),
        previous=draw(st.just("") | st.text("0123456789abcdef", min_size=64, max_size=64)),
    )


@given(events, envelopes(), st.integers(0, 2**62))
def test_what_is_written_is_read_back_equal(said: Everything, envelope: Envelope, position: int) -> None:
    assert decode(encode(said, envelope), position) == Recorded(said, envelope, position)


@given(events, envelopes())
def test_the_same_event_is_always_the_same_bytes(said: Everything, envelope: Envelope) -> None:
    state = encode(said, envelope)
    again = decode(state)
    assert encode(again.event, again.envelope) == state


def example(**changes: Any) -> Envelope:
    stand = Envelope(
        id=UUID(int=1),
        source="testing",
        type="testing.renamed",
        subject=UUID(int=2),
        time=datetime(2026, 11, 2, 8, 0, tzinfo=UTC),
        version=4,
        schema=3,
        site="TPE",
        actor=CLERK,
        correlation=UUID(int=3),
        causation=UUID(int=4),
        pack="glzd194",
        pack_version=2,
        hlc="001793606400000.000000.testing",
        previous="ab" * 32,
    )
    return replace(stand, **changes)


def test_the_bytes_are_a_cloud_event_of_simple_attributes() -> None:
    assert json.loads(encode(Renamed("某公司", "domestic"), example())) == {
        "specversion": "1.0",
        "id": "00000000-0000-0000-0000-000000000001",
        "source": "testing",
        "type": "testing.renamed",
        "subject": "00000000-0000-0000-0000-000000000002",
        "time": "2026-11-02T08:00:00Z",
        "datacontenttype": "application/json",
        "dataversion": 3,
        "streamversion": 4,
        "site": "TPE",
        "actor": "chen",
        "actorname": "陈",
        "actordepartment": "sales",
        "actorlevel": "clerk",
        "actorsites": "TPE",
        "correlationid": "00000000-0000-0000-0000-000000000003",
        "causationid": "00000000-0000-0000-0000-000000000004",
        "pack": "glzd194",
        "packversion": 2,
        "hlc": "001793606400000.000000.testing",
        "prevhash": "ab" * 32,
        "data": {"customer": "某公司", "region": "domestic"},
    }


def test_no_python_path_is_stored() -> None:
    state = encode(Renamed("a", "b"), example())
    assert Renamed.__module__.encode() not in state
    assert Renamed.__qualname__.encode() not in state


@upcast("testing.renamed", 1)
def _name_to_customer(data: dict[str, object]) -> dict[str, object]:
    return {"customer": data["name"]}


@upcast("testing.renamed", 2)
def _add_region(data: dict[str, object]) -> dict[str, object]:
    return data | {"region": "domestic"}


@pytest.mark.parametrize(("version", "data"), [(1, {"name": "c"}), (2, {"customer": "c"})])
def test_an_old_version_is_read_as_the_newest(version: int, data: dict[str, object]) -> None:
    stored = json.loads(encode(Renamed("", ""), example())) | {"dataversion": version, "data": data}
    assert decode(json.dumps(stored).encode()) == Recorded(Renamed("c", "domestic"), example(schema=version))


def test_an_upcast_is_declared_once() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        upcast("testing.renamed", 1)(_add_region)


@pytest.mark.parametrize(
    "changes",
    [{"type": "testing.never-declared"}, {"dataversion": 4}, {"data": {"customer": 1}}, {"subject": "no id"}],
)
def test_what_is_not_known_here_is_unreadable(changes: dict[str, object]) -> None:
    stored = json.loads(encode(Renamed("", ""), example())) | changes
    with pytest.raises(UnreadableEvent):
        decode(json.dumps(stored).encode())


@pytest.mark.parametrize("state", [b"", b"{}", b"[1]", b"\xff\xfe", b'{"specversion":"1.0"}', b'{"id":"\xff"}'])
def test_bytes_that_are_no_event_are_unreadable(state: bytes) -> None:
    with pytest.raises(UnreadableEvent):
        decode(state)


def test_an_event_that_no_broker_would_take_is_refused() -> None:
    room = SIZE_LIMIT - len(encode(Renamed("", ""), example()))
    assert len(encode(Renamed("x" * room, ""), example())) == SIZE_LIMIT
    with pytest.raises(TooLarge):
        encode(Renamed("x" * (room + 1), ""), example())
