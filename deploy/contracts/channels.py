"""What became of the AsyncAPI document since a release: which service says and hears what, where, and how it is sent.

The departments of the last release and listeners outside rely on it. A topic, an operation or a message more is borne,
and a later version in a message's place; whatever else changes is not.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from deploy.contracts.compatibility import ContractChange

RELIED_ON = (
    "departments of the last release and listeners outside rely on it: leave it, or see that nobody does any more and "
    "take it out of docs/events/released/asyncapi.yaml"
)
SHARED = ("messageTraits", "channelBindings")
"""Components that are part of whatever refers to them."""
TOLD = ("title", "summary", "description")
"""What a document says to people."""
MESSAGES = "messages."

Promises = Mapping[str, str]
"""What is promised of a channel, an operation or a message: each value by its place."""


def changes_of_channels(released: Mapping[str, Any], present: Mapping[str, Any]) -> list[ContractChange]:
    """What changed between two documents; nothing when none was released yet."""
    if not released:
        return []
    before, after = promised(released), promised(present)
    return [change for subject in sorted({*before, *after}) for change in _changes(subject, before, after)]


def promised(document: Mapping[str, Any]) -> dict[str, Promises]:
    """The promises of a document by what they are about, such as ``channel intake``."""
    parts = {
        "channel": document["channels"],
        "operation": document["operations"],
        "message": document["components"]["messages"],
    }
    return {
        f"{kind} {name}": dict(_leaves(part, document["components"]))
        for kind, named in parts.items()
        for name, part in named.items()
    }


def _changes(subject: str, before: Mapping[str, Promises], after: Mapping[str, Promises]) -> Iterator[ContractChange]:
    if subject in before and subject in after:
        yield from _compared(subject, before[subject], after[subject])
    elif not subject.startswith("message "):  # whether an event is there, its schema tells
        yield ContractChange(subject, "is gone", RELIED_ON) if subject in before else ContractChange(subject, "is new")


def _compared(subject: str, old: Promises, new: Promises) -> Iterator[ContractChange]:
    for place in sorted({*old, *new}):
        was, now = old.get(place), new.get(place)
        if was == now:
            continue
        what = "is new" if was is None else "is gone" if now is None else f"was {was} and is {now}"
        borne = place.startswith(MESSAGES) and (was is None or _has_later(place, new))
        yield ContractChange(subject, f"{place} {what}", "" if borne else RELIED_ON)


def _has_later(message: str, messages: Promises) -> bool:
    """Whether there is a later version of a message that is gone."""
    name, _, version = message.rpartition(".v")
    others = (other.rpartition(".v") for other in messages)
    return any(name == other and int(later) > int(version) for other, _, later in others if other)


def _leaves(part: Any, components: Mapping[str, Any], place: str = "") -> Iterator[tuple[str, str]]:
    match part:
        case {"$ref": str(reference)}:
            *_, kind, name = reference.split("/")
            if kind in SHARED:
                yield from _leaves(components[kind][name], components, place)
            else:
                yield place, name
        case dict():
            for word, value in part.items():
                if word not in TOLD:
                    yield from _leaves(value, components, f"{place}.{word}".lstrip("."))
        case list():
            for number, one in enumerate(part):
                own = one["$ref"].rpartition("/")[2] if isinstance(one, dict) and "$ref" in one else number
                yield from _leaves(one, components, f"{place}.{own}")
        case _:
            yield place, str(part)
