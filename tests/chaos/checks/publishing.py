"""What the services said is in their topics and in analytics' history: all of it, byte for byte, in order."""

from collections.abc import Iterator

from tests.chaos.violations import Evidence, Violation, found


def topics_tell_what_was_said(evidence: Evidence) -> Iterator[Violation]:
    """Each topic holds all that its service said and nothing else; each case's events come first in their order.

    Not so in a topic that was wiped: it may begin with what was under way, before everything is sent again.
    """
    ledger = evidence.ledger
    overtaken = {str(case).encode() for case in ledger.overtaken}
    for service, everything in evidence.topics.items():
        messages = [message for message in everything if message.value not in ledger.garbage]
        said = {event.position: event for event in evidence.stores[service].said}
        sent = {message.position: message.value for message in messages}
        yield from found(f"{service} has not sent", [said[position].topic for position in said.keys() - sent.keys()])
        yield from found(f"{service} sent what it never said", sent.keys() - said.keys())
        altered = [at for at in said.keys() & sent.keys() if said[at].state != sent[at]]
        yield from found(f"{service} sent it altered", altered)
        newest: dict[bytes, int] = {}
        seen: set[int] = set()
        for message in messages:
            late = message.position not in seen and message.position < newest.get(message.key, 0)
            if late and message.key not in overtaken and not evidence.wiped:
                yield Violation(f"{service} sent it out of order", f"{message.key.decode()} {message.position}")
            seen.add(message.position)
            newest[message.key] = max(message.position, newest.get(message.key, 0))


def history_tells_what_was_said(evidence: Evidence) -> Iterator[Violation]:
    """Analytics' history holds every event of the five stores as it was said, and nothing else."""
    said = {
        (str(event.stream), service, event.version): event.state
        for service, store in evidence.stores.items()
        for event in store.said
    }
    history = evidence.history
    yield from found("the history lacks", said.keys() - history.keys())
    yield from found("the history has what nobody said", history.keys() - said.keys())
    yield from found(
        "the history tells it otherwise", [at for at in said.keys() & history.keys() if said[at] != history[at]]
    )
