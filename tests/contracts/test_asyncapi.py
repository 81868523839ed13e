"""docs/events/asyncapi.yaml is a valid AsyncAPI 3.0.0 document, and says who says and hears what."""

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator
from jsonschema.protocols import Validator
from referencing import Registry

from deploy.contracts.files import DOCUMENT, EVENTS
from deploy.contracts.golden import Golden, read_golden
from deploy.contracts.schemas import STORED_ONLY, declared
from shared.contracts.event import SERVICES
from shared.messaging.topics import Topics
from tests.contracts.admitting import validator_of

OFFICIAL = Path(__file__).parent / "asyncapi" / "3.0.0.json"
"""The specification's own schema, from the npm package @asyncapi/specs 6.11.1 (Apache 2.0, see LICENSE beside it)."""

PUBLISHED = [each for each in read_golden() if declared().get(each.key) not in STORED_ONLY]


@cache
def official() -> Validator:
    """What decides whether a document is valid; it asks nobody else."""
    return Draft7Validator(json.loads(OFFICIAL.read_text("utf-8")), registry=Registry())


@cache
def document() -> dict[str, Any]:
    """The document as it lies in docs/events."""
    found: dict[str, Any] = yaml.safe_load((EVENTS / DOCUMENT).read_text("utf-8"))
    return found


def referred(part: Any) -> set[str]:
    """Every reference in a part of the document."""
    if isinstance(part, dict):
        own = {part["$ref"]} if "$ref" in part else set()
        return own.union(*(referred(value) for value in part.values()))
    return set().union(*(referred(one) for one in part)) if isinstance(part, list) else set()


def there(reference: str) -> bool:
    """Whether something is where a reference points."""
    if not reference.startswith("#/"):
        return (EVENTS / reference).is_file()
    part: Any = document()
    for step in reference.removeprefix("#/").split("/"):
        part = part.get(step) if isinstance(part, dict) else None
    return part is not None


def messages_of(operation: str) -> set[str]:
    """The messages of an operation, by name."""
    return {each["$ref"].rpartition("/")[2] for each in document()["operations"][operation]["messages"]}


def test_the_document_is_valid() -> None:
    assert [f"{error.json_path}: {error.message}" for error in official().iter_errors(document())] == []


@pytest.mark.parametrize(
    ("where", "planted"),
    [
        ((), {"asyncapi": "2.6.0"}),
        (("info",), {"version": 1}),
        (("operations", "intake.says"), {"action": "publish"}),
        (("operations", "intake.says"), {"channel": "intake"}),
        (("channels", "intake"), {"topic": "redress.intake"}),
        (("components", "messageTraits", "stored"), {"correlationId": "$message.payload#/correlationid"}),
        (("components", "channelBindings", "topic", "kafka"), {"partitions": "six"}),
    ],
)
def test_a_document_that_is_not_valid_is_caught(where: tuple[str, ...], planted: dict[str, Any]) -> None:
    altered = copy.deepcopy(document())
    part = altered
    for step in where:
        part = part[step]
    part.update(planted)
    assert not official().is_valid(altered)


def test_everything_referred_to_is_there() -> None:
    assert sorted(reference for reference in referred(document()) if not there(reference)) == []


def test_a_reference_to_nothing_is_caught() -> None:
    assert not there("#/components/messages/intake.never-said.v1")
    assert not there("./schemas/intake.never-said.v1.json")


@pytest.mark.parametrize("example", PUBLISHED, ids=lambda example: example.file)
def test_a_stored_event_is_a_message_of_its_owners_channel_and_of_no_other(example: Golden) -> None:
    name = f"{example.name}.v{example.version}"
    service = example.name.partition(".")[0]
    channels = [channel for channel, it in document()["channels"].items() if name in it["messages"]]
    admits = {
        other: validator_of(it["payload"]).is_valid(example.envelope)
        for other, it in document()["components"]["messages"].items()
        if other != "dead-letter"
    }

    assert channels == [service]
    assert [other for other, admitted in admits.items() if admitted] == [name]
    assert document()["channels"][service]["address"] == Topics().of(service)


def test_what_stays_in_the_store_is_no_message() -> None:
    assert not any("series" in name for name in document()["components"]["messages"])


def test_every_service_says_its_own_events_and_the_read_models_keep_all() -> None:
    every = {f"{name}.v{version}" for (name, version), cls in declared().items() if cls not in STORED_ONLY}
    assert set().union(*(messages_of(f"{service}.says") for service in SERVICES)) == every
    assert set().union(*(messages_of(f"analytics.keeps.{service}") for service in SERVICES)) == every


def test_P1_25_approval_hears_of_missed_deadlines_from_analytics() -> None:
    assert messages_of("approval.hears.analytics") == {"analytics.deadline-missed.v1"}
    assert document()["operations"]["approval.hears.analytics"]["channel"] == {"$ref": "#/channels/analytics"}
