"""Traces from the HTTP request through Kafka to the dashboard, out of the ids that events carry anyway.

A trace is a correlation: the 128 bits of its UUID are the trace id. The spans of a command and of an event have ids
made of theirs, so that every process knows the span above its own, and nothing is stored or sent to tell it::

    request -> command -> append -> send -> hear (= command there) -> append -> …
                                      `---> keep -> show

Off, and then next to nothing, unless OTEL_EXPORTER_OTLP_ENDPOINT is set.
"""

import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from hashlib import blake2b
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

import msgspec
import structlog
from opentelemetry import trace
from opentelemetry.trace import SpanKind

from shared.contracts.envelope import Envelope, Recorded

if TYPE_CHECKING:
    from shared.observability.spans import Book

log = structlog.get_logger(__name__)

TRACEPARENT = re.compile(r"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?")
_UNTOLD = nullcontext()
_book: "Book | None" = None


class Label(msgspec.Struct, frozen=True):
    """What a trace needs of an event, in the store's and Kafka's bytes."""

    id: UUID
    type: str
    subject: UUID
    correlationid: UUID


class Consequence(Protocol):
    """A command that an event led to, as far as a trace shows it."""

    @property
    def id(self) -> UUID: ...
    @property
    def case(self) -> UUID: ...
    @property
    def correlation(self) -> UUID | None: ...
    @property
    def causation(self) -> UUID | None: ...


_labels = msgspec.json.Decoder(Label)


def start(service: str, said: Mapping[str, str] = os.environ) -> None:
    """Trace this process if the environment asks for it: once, before its app is made.

    OTEL_TRACES_SAMPLER_ARG is the share of all traces to take, 1 unless it says otherwise.
    """
    if not said.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        return
    try:
        from shared.observability.spans import exporting

        use(exporting(service, float(said.get("OTEL_TRACES_SAMPLER_ARG") or 1)))
    except (ImportError, ValueError) as error:
        log.error("no traces are written: install redress[tracing], and look at OTEL_*", error=str(error))


def use(book: "Book | None") -> None:
    """Write spans in this book from now on; None: write none."""
    global _book
    _book = book


def on() -> bool:
    """Whether spans are written."""
    return _book is not None


def now() -> int:
    """The present moment in nanoseconds since 1970; 0 while no spans are written."""
    return time.time_ns() if _book else 0


def correlation(traceparent: str | None) -> str | None:
    """The correlation that a request came with, as W3C's header has it, or that its span was given; None: neither."""
    if traceparent and (found := TRACEPARENT.fullmatch(traceparent)):
        return str(UUID(hex=found[1]))
    if _book and (context := trace.get_current_span().get_span_context()).is_valid:
        return str(UUID(int=context.trace_id))
    return None


def command(service: str, name: str, command_id: UUID, correlation: UUID | None) -> AbstractContextManager[None]:
    """The span of a command from outside or of the clock: as long as the block, below the span of its request."""
    return _UNTOLD if _book is None else _command(_book, service, name, command_id, correlation)


@contextmanager
def _command(book: "Book", service: str, name: str, command_id: UUID, correlation: UUID | None) -> Iterator[None]:
    began, failure = now(), ""
    try:
        yield
    except Exception as error:
        failure = type(error).__name__
        raise
    finally:
        above = trace.get_current_span().get_span_context()
        of = correlation or command_id
        inside = above.is_valid and above.trace_id == of.int
        book.write(
            f"command {name}", SpanKind.INTERNAL, of, began, now(), {"redress.service": service},
            own=span_of("command", command_id), parent=above.span_id if inside else None,
            link=above if above.is_valid and not inside else None, failure=failure,
        )  # fmt: skip


def heard(service: str, consequences: Iterable[tuple[str, Consequence]], began: int) -> None:
    """The spans of heard events that had an effect, each with the topic it came from: below their sending."""
    if _book is None:
        return
    for topic, one in consequences:
        if one.correlation is not None and one.causation is not None:
            _book.write(
                f"hear {topic}", SpanKind.CONSUMER, one.correlation, began, now(),
                {"redress.service": service, "redress.case": str(one.case), "redress.event": str(one.causation)},
                own=span_of("command", one.id), parent=span_of("send", one.causation),
            )  # fmt: skip


def appended(service: str, decided: Iterable[tuple[UUID, Sequence[Recorded]]], began: int) -> None:
    """The spans of what was recorded: for each command's id its events; below the command."""
    if _book is None:
        return
    ended = now()
    for command_id, events in decided:
        for one in events:
            _of_event("append", SpanKind.INTERNAL, service, labelled(one.envelope), began, ended,
                      span_of("command", command_id))  # fmt: skip


def sent(service: str, states: Iterable[bytes | None], began: int) -> None:
    """The spans of events that Kafka has acknowledged: below their recording."""
    _of_states("send", "append", SpanKind.PRODUCER, service, states, began)


def kept(service: str, states: Iterable[bytes], began: int) -> None:
    """The spans of events that were written into the read models of another service: below their sending."""
    _of_states("keep", "send", SpanKind.CONSUMER, service, states, began)


def shown(service: str, events: Iterable[Recorded], began: int) -> None:
    """The spans of the message that tells a page of these events: below their keeping. Each page has its own."""
    if _book is None:
        return
    for one in events:
        label = labelled(one.envelope)
        _book.write(f"show {label.type}", SpanKind.PRODUCER, label.correlationid, began, now(),
                    attributes(service, label), parent=span_of("keep", label.id))  # fmt: skip


def headers(state: bytes) -> list[tuple[str, bytes]]:
    """Kafka headers with which whoever hears an event may go on with its trace; none while no spans are written."""
    if _book is None or (label := read(state)) is None:
        return []
    return [("traceparent", f"00-{label.correlationid.hex}-{span_of('send', label.id):016x}-01".encode())]


def span_of(part: str, of: UUID) -> int:
    """The span id of a part of the way of a command or event: the same in every process."""
    return int.from_bytes(blake2b(of.bytes + part.encode(), digest_size=8).digest()) or 1


def labelled(envelope: Envelope) -> Label:
    """The label of an event by its envelope."""
    return Label(envelope.id, envelope.type, envelope.subject, envelope.correlation)


def read(state: bytes) -> Label | None:
    """The label of an event by its bytes; None when they are no event."""
    try:
        return _labels.decode(state)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def attributes(service: str, label: Label) -> dict[str, str | int]:
    """What a span says beyond its name."""
    return {"redress.service": service, "redress.case": str(label.subject), "redress.event": str(label.id)}


def _of_states(part: str, above: str, kind: SpanKind, service: str, states: Iterable[bytes | None], began: int) -> None:
    if _book is None:
        return
    ended = now()
    for label in map(read, filter(None, states)):
        if label is not None:
            _of_event(part, kind, service, label, began, ended, span_of(above, label.id))


def _of_event(part: str, kind: SpanKind, service: str, label: Label, began: int, ended: int, parent: int) -> None:
    assert _book is not None
    _book.write(f"{part} {label.type}", kind, label.correlationid, began, ended, attributes(service, label),
                own=span_of(part, label.id), parent=parent)  # fmt: skip
