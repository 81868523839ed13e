"""A topic renamed, a hearer dropped, a binding changed: whatever others rely on does not change unseen."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from deploy.contracts.asyncapi import document
from deploy.contracts.channels import RELIED_ON, changes_of_channels
from deploy.contracts.schemas import declared
from tests.contracts.planting import altered

PRESENT = document(declared())
ACCEPTED = ("intake.case-accepted", 1)
NEXT = ("intake.case-accepted", 2)
MISSED = "analytics.deadline-missed.v1"

Document = dict[str, Any]


def planted(plant: Callable[[Document], object]) -> list[tuple[str, str]]:
    """What is told of a change: what, and what to do about it."""
    changed = copy.deepcopy(PRESENT)
    plant(changed)
    return [(f"{change.subject}: {change.what}", change.remedy) for change in changes_of_channels(PRESENT, changed)]


def hears_no_more(changed: Document) -> None:
    messages = changed["operations"]["analytics.keeps.analytics"]["messages"]
    messages[:] = [each for each in messages if not each["$ref"].endswith(MISSED)]


BREAKS: dict[str, tuple[Callable[[Document], object], str]] = {
    "a topic is renamed": (
        lambda changed: changed["channels"]["intake"].update(address="redress.complaints"),
        "channel intake: address was redress.intake and is redress.complaints",
    ),
    "a topic is taken away": (lambda changed: changed["channels"].pop("finance.dead"), "channel finance.dead: is gone"),
    "a hearer is dropped": (
        lambda changed: changed["operations"].pop("approval.hears.analytics"),
        "operation approval.hears.analytics: is gone",
    ),
    "an event is heard no longer": (hears_no_more, f"operation analytics.keeps.analytics: messages.{MISSED} is gone"),
    "what is heard comes from elsewhere": (
        lambda changed: changed["operations"]["approval.hears.analytics"].update(channel={"$ref": "#/channels/intake"}),
        "operation approval.hears.analytics: channel was analytics and is intake",
    ),
    "who said it hears it": (
        lambda changed: changed["operations"]["finance.says"].update(action="receive"),
        "operation finance.says: action was send and is receive",
    ),
    "an event is said no longer": (
        lambda changed: changed["channels"]["analytics"]["messages"].pop(MISSED),
        f"channel analytics: messages.{MISSED} is gone",
    ),
    "a header of dead letters is taken away": (
        lambda changed: changed["components"]["messages"]["dead-letter"]["headers"]["properties"].pop("reason"),
        "message dead-letter: headers.properties.reason.type is gone",
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_what_others_rely_on_is_not_changed_unseen(name: str) -> None:
    plant, told = BREAKS[name]
    assert planted(plant) == [(told, RELIED_ON)]


@pytest.mark.parametrize(
    ("binding", "told"),
    [
        ({"partitions": 12}, "bindings.kafka.partitions was 6 and is 12"),
        ({"topicConfiguration": {"cleanup.policy": "compact"}}, "cleanup.policy is new"),
    ],
)
def test_a_changed_binding_is_told_of_every_topic(binding: Document, told: str) -> None:
    changes = planted(lambda changed: changed["components"]["channelBindings"]["topic"]["kafka"].update(binding))
    assert {what.partition(":")[0] for what, _ in changes} == {f"channel {name}" for name in PRESENT["channels"]}
    assert {remedy for _, remedy in changes} == {RELIED_ON}
    assert [what for what, _ in changes if what.startswith("channel intake:") and what.endswith(told)] != []


def test_another_key_is_told_of_every_message() -> None:
    def plant(changed: Document) -> None:
        del changed["components"]["messageTraits"]["stored"]["bindings"]["kafka"]["key"]["format"]

    messages = [name for name in PRESENT["components"]["messages"] if name != "dead-letter"]
    place = "traits.stored.bindings.kafka.key.format"
    assert planted(plant) == [(f"message {name}: {place} is gone", RELIED_ON) for name in sorted(messages)]


def test_an_event_more_a_topic_more_and_other_words_are_borne() -> None:
    later = document({**declared(), ("intake.case-praised", 1): altered(declared()[ACCEPTED])})
    later["channels"]["sales"] = later["channels"]["intake"] | {"address": "redress.sales"}
    later["channels"]["intake"]["description"] = "What is said at the counter."
    assert [str(change) for change in changes_of_channels(PRESENT, later)] == [
        "channel intake: messages.intake.case-praised.v1 is new",
        "channel sales: is new",
        "operation analytics.keeps.intake: messages.intake.case-praised.v1 is new",
        "operation intake.says: messages.intake.case-praised.v1 is new",
    ]


def test_a_later_version_takes_an_event_s_place_and_an_earlier_one_does_not() -> None:
    events = declared()
    later = document({key: cls for key, cls in events.items() if key != ACCEPTED} | {NEXT: altered(events[ACCEPTED])})
    forth, back = changes_of_channels(PRESENT, later), changes_of_channels(later, PRESENT)
    gone = [change.what for change in (*forth, *back) if change.remedy]
    assert [change.remedy for change in forth] == [""] * len(forth)
    assert set(gone) == {"messages.intake.case-accepted.v2 is gone"}


def test_where_nothing_was_released_yet_nothing_is_compared() -> None:
    assert changes_of_channels({}, PRESENT) == []
