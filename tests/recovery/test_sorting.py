"""Which events go on from where a store stands, and where they are put in its log."""

from dataclasses import replace
from importlib import import_module
from uuid import UUID

import pytest

from deploy.cli.recovering import NUMBERED, NumberLookup
from shared.audit.evidence import LogEntry, StreamHead
from shared.contracts import intake
from shared.contracts.commands import Command, Draw
from shared.contracts.envelope import Recorded
from shared.contracts.event import SERVICES
from shared.eventstore.chain import digest
from shared.messaging.missing_events import PublishedEvent
from shared.procedures.language.company import load_company
from shared.recovery.restore import SeriesNumber, placed, sort_out
from tests.support.building import envelope_of
from tests.support.office import Noted
from tests.verify.generating import case_of, chain

CASE, OTHER = case_of(1), case_of(2)


def sent(entry: LogEntry, position: int = 0) -> PublishedEvent:
    """An entry of a chain, as it was sent."""
    previous = "" if entry.version == 1 else digest(chain(UUID(entry.stream), entry.version - 1)[-1].state)
    return PublishedEvent(UUID(entry.stream), entry.version, position or entry.position, previous, entry.state)


def stands(case: UUID, version: int) -> dict[UUID, StreamHead]:
    return {case: StreamHead(version, digest(chain(case, version)[-1].state))}


def test_what_follows_comes_back_in_the_order_of_the_log() -> None:
    events = [sent(entry) for entry in chain(CASE, 5)]
    recovery = sort_out(reversed(events[2:]), stands(CASE, 2))
    assert (recovery.taken, recovery.left) == (tuple(events[2:]), ())


def test_a_stream_that_the_store_does_not_know_comes_back_whole() -> None:
    events = [sent(entry) for entry in chain(CASE, 3)]
    assert sort_out(events, {}).taken == tuple(events)


def test_behind_a_gap_nothing_comes_back_and_other_streams_do() -> None:
    events = [sent(entry) for entry in chain(CASE, 5)]
    others = [sent(entry, position=entry.position + 10) for entry in chain(OTHER, 2)]
    recovery = sort_out([*events[2:3], *events[4:], *others], stands(CASE, 2))
    assert (recovery.taken, recovery.left) == ((events[2], *others), (events[4],))


def test_nothing_comes_back_where_the_store_has_gone_on_otherwise() -> None:
    events = [sent(entry) for entry in chain(CASE, 4)]
    recovery = sort_out(events[2:], {CASE: StreamHead(3, "another event")})
    assert (recovery.taken, recovery.left) == ((), tuple(events[2:]))


def test_an_event_sent_twice_comes_back_once() -> None:
    events = [sent(entry) for entry in chain(CASE, 3)]
    assert sort_out([*events, *events], {}).taken == tuple(events)


@pytest.mark.parametrize(
    ("head", "positions"),
    [(0, [7, 9, 12]), (6, [7, 9, 12]), (7, [8, 9, 12]), (20, [21, 22, 23])],
)
def test_events_keep_their_positions_unless_the_log_has_gone_on_over_them(head: int, positions: list[int]) -> None:
    taken = [sent(entry, position) for entry, position in zip(chain(CASE, 3), (7, 9, 12), strict=True)]
    assert [stored.position for stored in placed(taken, head)] == positions


def bearing(number: str) -> Recorded:
    accepted = intake.CaseAccepted(number, "quality-anomaly", None)
    envelope = envelope_of(accepted, CASE)
    pack = load_company().sites[envelope.site].pack
    return Recorded(accepted, replace(envelope, pack=pack, pack_version=1))


@pytest.mark.parametrize(("number", "serial"), [("261101", 1), ("261199", 99), ("2611100", 100)])
def test_P1_8_the_place_of_a_number_in_its_series_is_found(number: str, serial: int) -> None:
    assert NumberLookup(load_company()).of(bearing(number)) == SeriesNumber("case/KSH/2611", serial)


def test_an_event_without_a_number_is_of_no_series() -> None:
    said = Noted("a")
    assert NumberLookup(load_company()).of(Recorded(said, envelope_of(said, CASE))) is None


def kinds(of: type) -> list[type]:
    """A class and those below it."""
    below: list[type] = type.__subclasses__(of)
    return [of, *(found for each in below for found in kinds(each))]


def test_every_event_that_bears_a_number_is_known() -> None:
    for service in SERVICES:
        import_module(f"services.{service}.domain")
    commands = [each for each in kinds(Command) if each.__module__.startswith("services.")]
    draws = [found for each in commands if isinstance(found := getattr(each, "draws", None), Draw)]
    assert {draw.event for draw in draws} == set(NUMBERED)
