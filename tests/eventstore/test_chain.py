"""The hash chain: what was altered, removed, inserted or exchanged shows, and where."""

from dataclasses import replace
from uuid import UUID

import pytest

from shared.eventstore.chain import digest, first_break
from shared.eventstore.codec import encode
from tests.support.building import envelope_of
from tests.support.office import Noted


def chain(length: int) -> list[bytes]:
    states: list[bytes] = []
    for version in range(1, length + 1):
        previous = digest(states[-1]) if states else ""
        envelope = replace(envelope_of(Noted(""), UUID(int=7)), version=version, previous=previous)
        states.append(encode(Noted(f"note {version}"), envelope))
    return states


@pytest.mark.parametrize("length", [0, 1, 5])
def test_a_whole_chain_has_no_break(length: int) -> None:
    assert first_break(chain(length)) is None


def test_an_altered_event_shows_at_its_successor() -> None:
    states = chain(5)
    states[2] = states[2].replace(b"note 3", b"note X")
    assert first_break(states) == 4


@pytest.mark.parametrize("version", [1, 2, 4])
def test_a_removed_event_shows_where_it_was(version: int) -> None:
    states = chain(5)
    del states[version - 1]
    assert first_break(states) == version


def test_exchanged_events_show_at_the_first_of_them() -> None:
    states = chain(5)
    states[1], states[2] = states[2], states[1]
    assert first_break(states) == 2


def test_an_inserted_event_shows_where_it_is() -> None:
    states = chain(5)
    states.insert(3, states[2])
    assert first_break(states) == 4


def test_a_digest_is_sha_256_in_hex() -> None:
    assert digest(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
