"""No accepted command is missing, none has its effect twice, and nothing is there that nobody asked for."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from tests.chaos.ledger import Entry
from tests.chaos.stores import Remembered, Store
from tests.chaos.violations import Evidence, Violation, found

FILED = ("intake.complaint-filed", "intake.anomaly-slip-filed")


def answers_are_recorded(evidence: Evidence) -> Iterator[Violation]:
    """Each accepted command is remembered, and its answer's events stand in the store as they were answered."""
    for entry in evidence.ledger.accepted:
        store = evidence.stores[entry.service]
        known = store.commands.get(entry.command_id)
        if known is None or known.subject != entry.case:
            yield Violation("an accepted command is missing", f"{entry.act} of {entry.case} ({entry.key})")
        elif (recorded := events_of(store, known)) != answered(entry):
            yield Violation("an answer is not what is recorded", f"{entry.act} of {entry.case}: {recorded}")


def events_of(store: Store, known: Remembered) -> list[tuple[str, object]]:
    """Type and fields of the events that a command made."""
    stream = store.streams.get(known.subject, [])
    return [(event.topic, event.data) for event in stream[known.before : known.after]]


def answered(entry: Entry) -> list[tuple[str, object]]:
    """Type and fields of the events that a person was told of."""
    return [(event["type"], event["data"]) for event in entry.answer["events"]]


def refusals_left_nothing(evidence: Evidence) -> list[Violation]:
    """A command that was refused in the end is not remembered."""
    refused = [entry for entry in evidence.ledger.entries if entry.status and not entry.accepted]
    return found(
        "a refused command is recorded",
        (
            f"{entry.act} of {entry.case} ({entry.key}): {entry.status}"
            for entry in refused
            if entry.command_id in evidence.stores[entry.service].commands
        ),
    )


def same_key_same_answer(evidence: Evidence) -> list[Violation]:
    """Who sends the same command twice gets the same answer twice."""
    return found(
        "one key got two answers",
        (
            f"{entries[0].act} of {entries[0].case} ({entries[0].key})"
            for entries in evidence.ledger.repeats()
            if len({str(entry.answer) for entry in entries if entry.accepted}) > 1
        ),
    )


def events_have_one_command(evidence: Evidence) -> Iterator[Violation]:
    """The commands of a case, laid end to end, are its stream: no event has two commands, none has no command."""
    for service, store in evidence.stores.items():
        spans: dict[object, list[tuple[int, int]]] = {}
        for command in store.commands.values():
            if command.after > command.before:
                spans.setdefault(command.subject, []).append((command.before, command.after))
        for case, stream in store.streams.items():
            if stream[0].topic.startswith("series."):
                continue
            ends = [(0, 0), *sorted(spans.pop(case, [])), (len(stream), len(stream))]
            if any(before[1] != after[0] for before, after in pairwise(ends)):
                yield Violation("an event does not belong to one command", f"{service} {case}: {ends}")
        yield from found("a command has no events", (f"{service} {case}" for case in spans))


def complaints_are_there_once(evidence: Evidence) -> Iterator[Violation]:
    """Every accepted complaint is filed once, and listed once wherever complaints are listed."""
    filed = [event.stream for event in evidence.stores["intake"].events if event.topic in FILED]
    accepted = evidence.ledger.complaints
    yield from found("an accepted complaint is missing", accepted - set(filed))
    yield from found(
        "a complaint is filed twice", {case for case in filed if filed.count(case) > 1} if twice(filed) else ()
    )
    if evidence.alone:
        yield from found("a complaint is there that nobody filed", set(filed) - evidence.ledger.wished)
    for path, listed in evidence.listed.items():
        yield from found(f"{path} does not list", {str(case) for case in filed} - set(listed))
        yield from found(f"{path} lists twice", listed if twice(listed) else ())


def twice(values: Sequence[object]) -> bool:
    """Whether something occurs more than once."""
    return len(set(values)) < len(values)
