"""Whatever is done to one event of a stream is named for what it is, at the event it was done to."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.audit.chain_check import first_misfit
from shared.audit.evidence import (
    Alteration,
    CheckpointEvidence,
    LogBound,
    LogEntry,
    SignedHead,
    StreamEvidence,
    StreamHead,
)
from shared.audit.verification import NOTHING, LogWalk
from shared.eventstore.chain import digest
from tests.verify.generating import case_of, chain

CASE = case_of(1)
ENTRIES = chain(CASE, 9, positions=range(10, 100, 10))
LATER = 1000
"""A position behind all others."""


@dataclass
class Planted:
    """A stream of ``length`` events in which something is done to event ``at``."""

    length: int
    at: int

    @property
    def entries(self) -> list[LogEntry]:
        """The events as they were recorded."""
        return ENTRIES[: self.length]

    def forged(self, text: str = "forged") -> LogEntry:
        """An event that could stand where event ``at`` stands, written later."""
        told = self.entries[self.at - 1]
        return told._replace(position=LATER, state=told.state.replace(b"The coating", text.encode()))


def altered(p: Planted) -> list[LogEntry]:
    found = p.entries
    found[p.at - 1] = p.forged()._replace(position=found[p.at - 1].position)
    return found


def spoiled(p: Planted) -> list[LogEntry]:
    found = p.entries
    found[p.at - 1] = found[p.at - 1]._replace(state=found[p.at - 1].state[:-1])
    return found


def renamed(p: Planted) -> list[LogEntry]:
    found = p.entries
    found[p.at - 1] = found[p.at - 1]._replace(topic="testing.opened")
    return found


def removed(p: Planted) -> list[LogEntry]:
    return [entry for entry in p.entries if entry.version != p.at]


def removed_and_closed_up(p: Planted) -> list[LogEntry]:
    return [entry._replace(version=number) for number, entry in enumerate(removed(p), 1)]


def inserted(p: Planted) -> list[LogEntry]:
    found = p.entries
    return [*found[: p.at - 1], p.forged(), *(entry._replace(version=entry.version + 1) for entry in found[p.at - 1 :])]


def two_inserted(p: Planted) -> list[LogEntry]:
    first = p.forged()
    told = first.state.replace(b'"streamversion":%d' % p.at, b'"streamversion":%d' % (p.at + 1))
    named = p.entries[p.at - 2].state if p.at > 1 else b""
    if named:
        told = told.replace(digest(named).encode(), digest(first.state).encode())
    else:
        told = told.replace(b',"data"', b',"prevhash":"%b","data"' % digest(first.state).encode())
    second = first._replace(version=p.at + 1, position=LATER + 1, state=told)
    rest = (entry._replace(version=entry.version + 2) for entry in p.entries[p.at - 1 :])
    return [*p.entries[: p.at - 1], first, second, *rest]


def inserted_without_a_link(p: Planted) -> list[LogEntry]:
    found = inserted(p)
    other = b'"prevhash":"%b"' % (b"f" * 64)
    state = found[p.at - 1].state
    linked = b'"prevhash":"%b"' % digest(found[p.at - 2].state).encode() if p.at > 1 else b'"data"'
    found[p.at - 1] = found[p.at - 1]._replace(state=state.replace(linked, other if p.at > 1 else other + b',"data"'))
    return found


def copied_from_elsewhere(p: Planted) -> list[LogEntry]:
    found = inserted(p)
    strange = chain(case_of(2), p.at)[-1]
    found[p.at - 1] = strange._replace(stream=str(CASE), position=LATER)
    return found


def copied_at_the_end(p: Planted) -> list[LogEntry]:
    return [*p.entries, p.entries[p.at - 1]._replace(version=p.length + 1, position=LATER)]


def exchanged_with_the_last(p: Planted) -> list[LogEntry]:
    found = p.entries
    found[p.at - 1], found[-1] = found[-1]._replace(version=p.at), found[p.at - 1]._replace(version=p.length)
    return found


def put_at_the_end(p: Planted) -> list[LogEntry]:
    return [*removed(p), p.entries[p.at - 1]._replace(version=p.length + 3)]


NOT_LAST: list[tuple[Callable[[Planted], list[LogEntry]], Alteration]] = [
    (altered, Alteration.ALTERED),
    (removed, Alteration.REMOVED),
    (removed_and_closed_up, Alteration.REMOVED),
    (exchanged_with_the_last, Alteration.REORDERED),
    (put_at_the_end, Alteration.REORDERED),
]
ANY: list[tuple[Callable[[Planted], list[LogEntry]], Alteration]] = [
    (spoiled, Alteration.ALTERED),
    (renamed, Alteration.ALTERED),
    (inserted, Alteration.INSERTED),
    (two_inserted, Alteration.INSERTED),
    (inserted_without_a_link, Alteration.INSERTED),
    (copied_from_elsewhere, Alteration.INSERTED),
]


def named(entries: list[LogEntry], known: StreamEvidence) -> tuple[int, Alteration] | None:
    """What is found; and the walk along the log notices the stream exactly then."""
    finding = first_misfit("testing", str(CASE), entries, known)
    signed = CheckpointEvidence([LogBound(1, known.length, "")] if known.marks else [])
    for mark in known.marks:
        signed.add(str(CASE), mark)
    walk = LogWalk("testing", signed)
    walk.take(sorted(entries))
    ends = walk.heads.get(str(CASE), NOTHING).version
    walk.finish({str(CASE): ends if known.recorded is None else known.recorded})
    assert (finding is not None) == (str(CASE) in walk.suspects)
    return None if finding is None else (finding.version, finding.kind)


def signed(*versions: int, recorded: int | None = None) -> StreamEvidence:
    """What is known when a checkpoint was taken after each of these events."""
    heads = [StreamHead(version, digest(ENTRIES[version - 1].state)) for version in versions]
    marks = tuple(SignedHead(number, head) for number, head in enumerate(heads, 1))
    return StreamEvidence(marks, 10 * max(versions, default=0), recorded)


@given(st.integers(0, 9))
def test_a_stream_as_recorded_is_as_recorded(length: int) -> None:
    assert named(ENTRIES[:length], signed(*range(1, length + 1), recorded=length)) is None


@pytest.mark.parametrize(("done", "kind"), NOT_LAST + ANY)
@given(data=st.data())
def test_what_was_done_is_named_from_the_chain_alone(
    done: Callable[[Planted], list[LogEntry]], kind: Alteration, data: st.DataObject
) -> None:
    length = data.draw(st.integers(2, 9))
    at = data.draw(st.integers(1, length - 1 if (done, kind) in NOT_LAST else length))

    assert named(done(Planted(length, at)), StreamEvidence()) == (at, kind)


@given(length=st.integers(2, 9), data=st.data())
def test_a_copy_at_the_end_is_named_at_the_end(length: int, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, length))

    assert named(copied_at_the_end(Planted(length, at)), StreamEvidence()) == (length + 1, Alteration.INSERTED)


@given(st.integers(2, 9))
def test_the_last_event_can_be_altered_unseen_until_a_checkpoint_has_it(length: int) -> None:
    entries = altered(Planted(length, length))

    assert named(entries, StreamEvidence()) is None
    assert named(entries, signed(length)) == (1, Alteration.REWRITTEN)
    assert named(entries, signed(length - 1, length)) == (length, Alteration.ALTERED)


@given(st.integers(1, 9), st.data())
def test_a_stream_cut_off_is_found_by_the_commands_on_record_or_a_checkpoint(length: int, data: st.DataObject) -> None:
    left = data.draw(st.integers(0, length - 1))

    assert named(ENTRIES[:left], StreamEvidence()) is None
    assert named(ENTRIES[:left], StreamEvidence(recorded=length)) == (left + 1, Alteration.TRUNCATED)
    assert named(ENTRIES[:left], signed(length)) == (left + 1, Alteration.TRUNCATED)


@given(st.integers(1, 8))
def test_an_event_that_follows_but_that_no_command_led_to_was_inserted(length: int) -> None:
    assert named(ENTRIES[: length + 1], StreamEvidence(recorded=length)) == (length + 1, Alteration.INSERTED)


@given(st.integers(1, 9))
def test_a_stream_that_no_command_led_to_was_inserted_as_a_whole(length: int) -> None:
    assert named(ENTRIES[:length], StreamEvidence(recorded=0)) == (1, Alteration.INSERTED)


@given(st.data())
def test_a_chain_made_anew_is_narrowed_down_by_the_checkpoints(data: st.DataObject) -> None:
    at = data.draw(st.integers(2, 8))
    before, after = data.draw(st.integers(1, at - 1)), data.draw(st.integers(at + 1, 9))
    anew = rewritten(at)

    assert named(anew, StreamEvidence()) is None
    assert named(anew, signed(9)) == (1, Alteration.REWRITTEN)
    assert named(anew, signed(before, after)) == (before + 1, Alteration.REWRITTEN)
    assert named(anew, signed(at - 1, at, 9)) == (at, Alteration.ALTERED)


def rewritten(at: int) -> list[LogEntry]:
    """The stream with event ``at`` altered and every later one made to fit."""
    found = altered(Planted(9, at))
    for place in range(at, 9):
        was, now = digest(ENTRIES[place - 1].state), digest(found[place - 1].state)
        found[place] = found[place]._replace(state=found[place].state.replace(was.encode(), now.encode()))
    return found


def test_two_events_that_are_altered_one_after_the_other_are_named_at_the_first() -> None:
    entries = [*ENTRIES]
    for at in (4, 5):
        entries[at - 1] = Planted(9, at).forged()._replace(position=10 * at)

    assert named(entries, StreamEvidence()) == (4, Alteration.ALTERED)


def test_a_link_that_was_altered_is_told_from_the_event_it_named_where_that_one_is_signed() -> None:
    entries = [*ENTRIES]
    state = entries[4].state.replace(digest(entries[3].state).encode(), b"f" * 64)
    entries[4] = entries[4]._replace(state=state)

    assert named(entries, StreamEvidence()) == (4, Alteration.ALTERED)
    assert named(entries, signed(4)) == (5, Alteration.ALTERED)


@pytest.mark.parametrize("version", [0, -3])
def test_an_event_under_a_number_that_is_never_given_was_inserted(version: int) -> None:
    entries = [ENTRIES[0]._replace(version=version, position=LATER), *ENTRIES]

    assert named(entries, StreamEvidence()) == (version, Alteration.INSERTED)


def test_events_whose_positions_were_exchanged_are_reordered() -> None:
    entries = [*ENTRIES]
    entries[3], entries[6] = entries[3]._replace(position=70), entries[6]._replace(position=40)

    assert named(entries, StreamEvidence()) == (5, Alteration.REORDERED)
