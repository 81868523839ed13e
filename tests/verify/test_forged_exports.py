"""Whatever is done to an exported case is refused, down to one bit, also when its last line was made to fit."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.audit.verify_export import InvalidExport, verify
from shared.audit.signing import SigningKey
from tests.verify.exports import forged, opened, sealed
from tests.verify.generating import case_of


@settings(max_examples=400)
@given(st.data())
def test_any_byte_altered_is_refused(content: bytes, pem: bytes, data: st.DataObject) -> None:
    altered = bytearray(content)
    altered[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))

    with pytest.raises((InvalidExport, ValueError)):
        verify(bytes(altered), pem)


@settings(max_examples=400)
@given(st.data())
def test_any_byte_of_an_event_altered_is_refused_even_with_a_last_line_that_fits(
    content: bytes, pem: bytes, data: st.DataObject
) -> None:
    header, events = opened(content)
    number = data.draw(st.integers(0, len(events) - 1))
    event = bytearray(events[number])
    event[data.draw(st.integers(0, len(event) - 1))] ^= data.draw(st.integers(1, 255))
    events[number] = bytes(event)

    with pytest.raises((InvalidExport, ValueError, LookupError)):
        verify(sealed([json.dumps(header).encode(), *events]), pem)


def withhold_last(header: dict[str, Any], events: list[bytes]) -> None:
    del events[-1]
    header["folders"][-1]["events"] = 0


def withhold_folder(header: dict[str, Any], events: list[bytes]) -> None:
    withhold_last(header, events)
    header["folders"][-1] |= {"head": None, "beside": header["folders"][3]["beside"]}


def withhold_store(header: dict[str, Any], events: list[bytes]) -> None:
    del events[-1]
    del header["folders"][-1]


def add_event(header: dict[str, Any], events: list[bytes]) -> None:
    events.append(events[-1])


def exchange(header: dict[str, Any], events: list[bytes]) -> None:
    events[1], events[2] = events[2], events[1]


def other_root(header: dict[str, Any], events: list[bytes]) -> None:
    header["checkpoint"] = header["checkpoint"].replace('"root":"', '"root":"0')


def other_proof(header: dict[str, Any], events: list[bytes]) -> None:
    header["folders"][0]["head"] = header["folders"][1]["head"]


def other_path(header: dict[str, Any], events: list[bytes]) -> None:
    header["folders"][0]["head"]["path"][0] = "00" * 32


def longer_path(header: dict[str, Any], events: list[bytes]) -> None:
    header["folders"][0]["head"]["path"].append("00" * 32)


def other_key(header: dict[str, Any], events: list[bytes]) -> None:
    header["key"] = "0" * 16


def other_case(header: dict[str, Any], events: list[bytes]) -> None:
    header["case"] = str(case_of(3))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (withhold_last, "analytics: the checkpoint knows 1 events, 0 are there"),
        (withhold_folder, "analytics .*: events are withheld that the checkpoint knows"),
        (withhold_store, "the folders are not those of the stores that the checkpoint covers"),
        (add_event, "1 events follow that are not announced"),
        (exchange, "intake: event 2 does not follow the one before it"),
        (other_root, "the checkpoint was not signed with this key"),
        (other_proof, "intake: the proof is one of investigation"),
        (other_path, "the proof of 'intake .*' does not lead to the checkpoint's root"),
        (longer_path, "the proof of 'intake .*' does not lead to the checkpoint's root"),
        (other_key, "the key's id is another one"),
        (other_case, "intake: event 1 is one of another stream or place"),
    ],
)
def test_what_is_forged_is_refused(
    content: bytes, pem: bytes, change: Callable[[dict[str, Any], list[bytes]], None], why: str
) -> None:
    with pytest.raises(InvalidExport, match=why):
        verify(forged(content, change), pem)


def test_a_last_event_made_anew_is_refused(content: bytes, pem: bytes) -> None:
    def varnish(header: dict[str, Any], events: list[bytes]) -> None:
        events[4] = events[4].replace(b"coating", b"varnish")

    with pytest.raises(InvalidExport, match="intake: event 5 is not the one that the checkpoint signed"):
        verify(forged(content, varnish), pem)


def test_another_key_does_not_pass(content: bytes, tmp_path: Path) -> None:
    other = SigningKey.of(tmp_path / "other.pem").public.write(tmp_path).read_bytes()

    with pytest.raises(InvalidExport, match="not signed with this key"):
        verify(content, other)
