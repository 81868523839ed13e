"""What was said is read for ever, and by the departments of the last release: no contract changes unseen."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from deploy.contracts.asyncapi import document
from deploy.contracts.channels import changes_of_channels
from deploy.contracts.compatibility import CHANGED, GONE, REWRAPPED, breaking, changes
from deploy.contracts.files import read_released, read_released_document, stale, write
from deploy.contracts.golden import GOLDEN, Golden, Misnamed, read_golden
from deploy.contracts.schemas import ENVELOPE, Key, NoContract, declared, schema_of, schemas
from shared.contracts.values import Deadline, Share
from shared.eventstore.codec import UnreadableEvent, decode, encode
from tests.contracts.differing import differences
from tests.contracts.planting import altered

Events = dict[Key, type]

ROOT = Path(__file__).parents[2]
EVENTS = declared()
PRESENT = schemas(EVENTS)
RELEASED = read_released()
PROMISED = read_released_document()
EXAMPLES = read_golden()
PLACE = GOLDEN.relative_to(ROOT)

ACCEPTED: Key = ("intake.case-accepted", 1)
NEXT: Key = ("intake.case-accepted", 2)
CASE_ACCEPTED = EVENTS[ACCEPTED]
EXAMPLE = next(each for each in EXAMPLES if each.key == ACCEPTED)


def newest(name: str, events: Events = EVENTS) -> type:
    """The class of an event's newest version."""
    return events[max(key for key in events if key[0] == name)]


def without_example(events: Events, examples: list[Golden]) -> list[Key]:
    """The event versions, declared or once released, that no golden example shows."""
    return sorted({*events, *RELEASED} - {ENVELOPE} - {each.key for each in examples})


def misread(example: Golden, events: Events = EVENTS) -> list[str]:
    """What is not read back from an example as it was written; a field that came later may be missing there."""
    try:
        recorded = decode(example.state)
    except UnreadableEvent as error:
        return [f"cannot be read: {error}"]
    if (recorded.envelope.type, recorded.envelope.schema) != example.key:
        return [f"is an example of {recorded.envelope.type} version {recorded.envelope.schema}"]
    if type(recorded.event) is not newest(example.name, events):
        return [f"is not read as the newest version: an upcast from {example.version} is missing"]
    if example.key not in events:
        return []
    written = msgspec.json.decode(encode(recorded.event, recorded.envelope))
    longer = [f".{name} is new" for name in written.keys() - example.envelope.keys()]
    return [*longer, *differences(example.envelope, written)]


def none_of(faults: Iterable[str]) -> None:
    """Fail with these words alone, if there are any."""
    if told := "\n".join(faults):
        pytest.fail(told, pytrace=False)


def test_the_documents_are_those_of_the_events_as_declared() -> None:
    none_of(f"docs/events/{path} is not up to date: run `redress contracts`" for path in stale(EVENTS))


def test_no_contract_has_changed_without_a_new_version() -> None:
    none_of(breaking(RELEASED, PRESENT))


def test_no_channel_has_changed_that_others_rely_on() -> None:
    assert PROMISED != {}
    none_of(str(change) for change in changes_of_channels(PROMISED, document(EVENTS)) if change.remedy)


def test_no_event_is_declared_where_it_would_be_overlooked() -> None:
    said = re.compile(r'^@event\(\s*"([^"]+)"', re.MULTILINE)
    files = (file for top in ("services", "shared") for file in (ROOT / top).rglob("*.py"))
    assert {name for file in files for name in said.findall(file.read_text("utf-8"))} == {name for name, _ in EVENTS}


def test_every_event_version_has_a_golden_example() -> None:
    none_of(
        f"{name} version {version} has no golden example: put an event of it, as stored, into {PLACE}"
        for name, version in without_example(EVENTS, EXAMPLES)
    )


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.file)
def test_a_golden_example_is_read_as_it_was_written(example: Golden) -> None:
    none_of(f"{example.file}: {fault} (an example is never edited)" for fault in misread(example))


def test_the_examples_of_a_version_show_every_field() -> None:
    shown = {(each.key, name) for each in EXAMPLES for name in each.data}
    none_of(
        f"{key[0]} version {key[1]}: no golden example shows {name}: put a further one into {PLACE}"
        for key, cls in EVENTS.items()
        for name in cls.__dataclass_fields__
        if (key, name) not in shown
    )


def test_the_envelope_is_what_the_codec_writes() -> None:
    full = decode(
        next(each.state for each in EXAMPLES if "causationid" in each.envelope and "prevhash" in each.envelope)
    )
    bare = replace(full.envelope, causation=None, previous="", actor=replace(full.envelope.actor, sites=()))
    envelope = PRESENT[ENVELOPE]

    assert list(msgspec.json.decode(encode(full.event, full.envelope))) == list(envelope["properties"])
    assert list(msgspec.json.decode(encode(full.event, bare))) == envelope["required"]


BREAKS: dict[str, tuple[type, str]] = {
    "a field is removed": (altered(CASE_ACCEPTED, "number"), "number is gone"),
    "a field that may be missing is removed": (altered(CASE_ACCEPTED, "remark"), "remark is gone"),
    "a type is changed": (
        altered(CASE_ACCEPTED, number=int),
        'number was {"type": "string"} and is {"type": "integer"}',
    ),
    "a required field is added": (altered(CASE_ACCEPTED, clerk=str), "clerk is new and required"),
    "a field may be missing from now on": (altered(CASE_ACCEPTED, number=(str, "")), "number is no longer required"),
    "a field may be missing no longer": (altered(CASE_ACCEPTED, remark=str), "remark is now required"),
    "a default is changed": (altered(CASE_ACCEPTED, remark=(str, "-")), "remark has another default"),
    "a value within loses a field": (
        altered(CASE_ACCEPTED, overall=altered(Deadline, "limit") | None),
        "overall.limit is gone",
    ),
    "a value within changes a type": (
        altered(CASE_ACCEPTED, overall=altered(Deadline, due=date) | None),
        'overall.due was {"format": "date-time", "type": "string"} and is {"format": "date", "type": "string"}',
    ),
}

BORNE: dict[str, tuple[type, str]] = {
    "a field that may be missing is added": (
        altered(CASE_ACCEPTED, clerk=(str, "")),
        "clerk is new and may be missing",
    ),
    "a value within gains a field that may be missing": (
        altered(CASE_ACCEPTED, overall=altered(Deadline, pace=(str, "calendar")) | None),
        "overall.pace is new and may be missing",
    ),
}


@pytest.mark.parametrize("planted", BREAKS)
def test_a_planted_change_of_a_released_version_is_caught(planted: str) -> None:
    cls, what = BREAKS[planted]
    assert breaking(PRESENT, schemas({**EVENTS, ACCEPTED: cls})) == [
        f"intake.case-accepted version 1: {what}; {CHANGED}"
    ]


def test_a_change_of_what_a_list_holds_is_caught() -> None:
    key: Key = ("investigation.cause-reported", 1)
    weightless = altered(EVENTS[key], responsible=(tuple[altered(Share, "weight"), ...], ()))
    assert breaking(PRESENT, schemas({**EVENTS, key: weightless})) == [
        f"investigation.cause-reported version 1: responsible[].weight is gone; {CHANGED}"
    ]


@pytest.mark.parametrize("planted", BORNE)
def test_one_more_field_that_may_be_missing_is_borne_once_the_documents_have_it(planted: str, tmp_path: Path) -> None:
    write(EVENTS, tmp_path)
    cls, what = BORNE[planted]
    events = {**EVENTS, ACCEPTED: cls}
    assert breaking(PRESENT, schemas(events)) == []
    assert [str(each) for each in changes(PRESENT, schemas(events))] == [f"intake.case-accepted version 1: {what}"]
    assert stale(events, tmp_path) == ["schemas/intake.case-accepted.v1.json"]


@pytest.mark.parametrize("planted", BORNE)
def test_what_is_borne_is_read_both_ways(planted: str) -> None:
    later, _ = BORNE[planted]
    stored = msgspec.json.encode(EXAMPLE.data)
    said = msgspec.json.decode(stored, type=CASE_ACCEPTED)

    read_later = msgspec.json.decode(stored, type=later)
    written_later = msgspec.json.encode(read_later)

    assert written_later != stored
    assert msgspec.json.decode(written_later, type=CASE_ACCEPTED) == said


def test_a_renamed_event_is_caught() -> None:
    renamed = {key: cls for key, cls in EVENTS.items() if key != ACCEPTED} | {("intake.case-taken", 1): CASE_ACCEPTED}
    assert breaking(PRESENT, schemas(renamed)) == [
        f"intake.case-accepted version 1: is declared no longer; {GONE}",
    ]
    assert ("intake.case-taken", 1) in without_example(renamed, EXAMPLES)


def test_a_new_event_is_borne_once_it_has_its_document_and_its_example(tmp_path: Path) -> None:
    write(EVENTS, tmp_path)
    added = {**EVENTS, ("intake.case-praised", 1): altered(CASE_ACCEPTED)}
    assert breaking(PRESENT, schemas(added)) == []
    assert stale(added, tmp_path) == ["asyncapi.yaml", "schemas/intake.case-praised.v1.json"]
    assert ("intake.case-praised", 1) in without_example(added, EXAMPLES)


@pytest.mark.parametrize("kept", [True, False], ids=["beside the old one", "in its place"])
def test_a_new_version_is_borne_once_an_upcast_reads_the_old_one(kept: bool) -> None:
    changed = {key: cls for key, cls in EVENTS.items() if kept or key != ACCEPTED} | {NEXT: altered(CASE_ACCEPTED)}
    assert breaking(PRESENT, schemas(changed)) == []
    assert NEXT in without_example(changed, EXAMPLES)
    assert misread(EXAMPLE, changed) == ["is not read as the newest version: an upcast from 1 is missing"]


def test_a_changed_envelope_is_caught() -> None:
    properties = {name: schema for name, schema in PRESENT[ENVELOPE]["properties"].items() if name != "prevhash"}
    assert breaking(PRESENT, {**PRESENT, ENVELOPE: {**PRESENT[ENVELOPE], "properties": properties}}) == [
        f"envelope version 1: prevhash is gone; {REWRAPPED}"
    ]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"type": "intake.case-closed"}, "is an example of intake.case-closed version 1"),
        ({"dataversion": 9}, "cannot be read: intake.case-accepted version 9 is not declared here"),
        ({"data": {**EXAMPLE.data, "number": 1}}, "cannot be read: Expected `str`, got `int` - at `$.number`"),
        ({"data": {**EXAMPLE.data, "clerk": "Yang"}}, ".data.clerk is gone"),
        ({"data": EXAMPLE.data | {"overall": EXAMPLE.data["overall"] | {"due": "2026-12-01"}}}, "cannot be read: "),
        ({"note": ""}, ".note is gone"),
    ],
)
def test_an_example_that_is_read_otherwise_is_caught(changes: dict[str, Any], found: str) -> None:
    planted = replace(EXAMPLE, state=msgspec.json.encode(EXAMPLE.envelope | changes))
    assert misread(planted)[0].startswith(found)


def test_an_example_under_another_name_is_caught(tmp_path: Path) -> None:
    (tmp_path / "case-accepted.json").write_bytes(EXAMPLE.state)
    with pytest.raises(Misnamed, match=r"case-accepted\.json is not named"):
        read_golden(tmp_path)


def test_a_field_that_nobody_could_read_is_no_contract() -> None:
    with pytest.raises(NoContract, match="has no word for"):
        schema_of(altered(CASE_ACCEPTED, clerk=bytes), *NEXT)
