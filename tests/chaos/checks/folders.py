"""The five folders of a case agree: what one department said, those who hear it filed once, in order, unaltered."""

from collections import defaultdict
from collections.abc import Iterator
from uuid import UUID

from shared.contracts.event import SERVICES
from tests.chaos.reactions import heard_by, is_filed
from tests.chaos.stores import Store, Stored
from tests.chaos.violations import Evidence, Violation, found


def copies_are_filed_once(evidence: Evidence) -> Iterator[Violation]:
    """Each department has each heard event of a case once, as it was said, in the order in which it was said."""
    for hearer in SERVICES:
        names = heard_by(hearer)
        copies = copies_of(evidence.stores[hearer])
        for owner in SERVICES:
            heard = (event for event in evidence.stores[owner].said if event.topic in names)
            said = [event for event in heard if is_filed(hearer, event.state)]
            for event in said:
                yield from compared(hearer, event, copies.pop(event.label.id, []))
            yield from out_of_order(hearer, owner, evidence)
        known = {each.label.causationid for many in copies.values() for each in many}
        yield from found(f"{hearer} has filed what nobody said", known)


def copies_of(store: Store) -> dict[UUID, list[Stored]]:
    """What a department filed of others, by the id of what it is a copy of."""
    copies: dict[UUID, list[Stored]] = defaultdict(list)
    for event in store.events:
        owner = event.topic.partition(".")[0]
        if owner not in (store.service, "series") and event.label.causationid:
            copies[event.label.causationid].append(event)
    return copies


def compared(hearer: str, event: Stored, copies: list[Stored]) -> Iterator[Violation]:
    """What is wrong with the copies of one event."""
    what = f"{hearer}: {event.topic} of {event.stream}, {event.label.source} {event.version}"
    if len(copies) != 1:
        promise = "a heard event is filed twice" if copies else "a heard event is not filed"
        yield Violation(promise, f"{what}, {len(copies)} times")
        return
    (copy,) = copies
    if (copy.stream, copy.topic, copy.data) != (event.stream, event.topic, event.data):
        yield Violation("a copy is not what was said", what)


def out_of_order(hearer: str, owner: str, evidence: Evidence) -> Iterator[Violation]:
    """Cases of which a department has filed what another said in another order."""
    versions = {event.label.id: event.version for event in evidence.stores[owner].said}
    for case, stream in evidence.stores[hearer].streams.items():
        filed = [versions[event.label.causationid] for event in stream
                 if event.topic.startswith(f"{owner}.") and event.label.causationid in versions]  # fmt: skip
        if hearer != owner and filed != sorted(filed) and case not in evidence.ledger.overtaken:
            yield Violation("copies are out of order", f"{hearer} {case}: {owner} {filed}")


def nothing_lies_aside(evidence: Evidence) -> Iterator[Violation]:
    """No event lies aside as one that cannot be taken; what did so for a while is what the harness spoilt."""
    ledger = evidence.ledger
    for service, store in evidence.stores.items():
        for aside in store.letters:
            was_replayed = aside.subject in ledger.poisoned and aside.state == "replayed"
            if not (was_replayed or aside.value in ledger.garbage):
                yield Violation(f"{service} has put an event aside", f"{aside.subject} {aside.state}: {aside.detail}")
