"""What the services said is in their topics and in analytics' history: all of it, byte for byte, in order."""

from collections.abc import Iterator

from tests.chaos.violations import Evidence, Violation, found


def topics_tell_what_was_said(evidence: Evidence) -> Iterator[Violation]:
    """Each topic holds all that its service said and nothing else; each case's events come first in their order."""
    for service, messages in evidence.topics.items():
        said = {event.position: event for event in evidence.stores[service].said}
        sent = {message.position: message.value for message in messages}
        yield from found(f"{service} has not sent", [said[position].topic for position in said.keys() - sent.keys()])
        yield from found(f"{service} sent what it never said", sent.keys() - said.keys())
        altered = [at for at in said.keys() & sent.keys() if said[at].state != sent[at]]
        yield from found(f"{service} sent it altered", altered)
        newest: dict[bytes, int] = {}
        seen: set[int] = set()
        for message in messages:
            if message.position not in seen and message.position < newest.get(message.key, 0):
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
