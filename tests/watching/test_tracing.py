"""One trace from the request to the dashboard, over two services, with nothing stored or sent to make it so."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from time import perf_counter
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.commands.department import Department
from shared.contracts.commands import file
from shared.contracts.envelope import Recorded
from shared.contracts.event import Event
from shared.eventstore.codec import encode
from shared.messaging.message_handler import MessageHandler
from shared.observability import tracing
from shared.observability.spans import Book, SettledIds, exporting
from tests.support.building import envelope_of
from tests.support.office import Folder, Noted, Opened, decide, evolve, rules_for

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
NEIGHBOUR = Department("neighbour", Folder, decide, evolve, {Opened: file})


@pytest.fixture
def memory() -> Iterator[InMemorySpanExporter]:
    """Where spans are written during a test."""
    memory = InMemorySpanExporter()
    tracing.use(Book("test", SimpleSpanProcessor(memory)))
    yield memory
    tracing.use(None)


def recorded(correlation: UUID, said: Event | None = None) -> Recorded:
    """Something that was said under this correlation."""
    said = said or Opened("t")
    return Recorded(said, replace(envelope_of(said, uuid4()), correlation=correlation))


def named(memory: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in memory.get_finished_spans()}


def tree(memory: InMemorySpanExporter) -> dict[str, str | None]:
    """Each span's name and that of the span above it; ``?`` for one that nobody wrote."""
    names = {context(span).span_id: span.name for span in memory.get_finished_spans()}
    return {
        span.name: names.get(span.parent.span_id, "?") if span.parent else None for span in memory.get_finished_spans()
    }


def context(span: ReadableSpan) -> "tracing.trace.SpanContext":
    assert span.context is not None
    return span.context


def test_a_command_is_followed_through_kafka_into_another_service_and_to_the_dashboard(
    memory: InMemorySpanExporter,
) -> None:
    command_id, began = uuid4(), tracing.now()
    correlation = UUID(tracing.correlation(CALLER))
    with tracing.command("testing", "open", command_id, correlation):
        said = recorded(correlation)
    state = encode(said.event, said.envelope)
    tracing.appended("testing", [(command_id, [said])], began)
    tracing.sent("testing", [state], began)

    heard = MessageHandler(NEIGHBOUR, rules_for).read("redress.testing", 0, 0, state, [("position", b"1")])
    assert heard.request is not None
    tracing.heard("neighbour", [(heard.origin.topic, heard.request)], began)
    assert heard.request is not None
    assert heard.request.correlation is not None
    answer = recorded(heard.request.correlation, Noted("an answer"))
    tracing.appended("neighbour", [(heard.request.id, [answer])], began)
    tracing.kept("worker", [state], began)
    tracing.shown("analytics", [said], began)

    assert tree(memory) == {
        "command open": None,
        "append testing.opened": "command open",
        "send testing.opened": "append testing.opened",
        "hear redress.testing": "send testing.opened",
        "append testing.noted": "hear redress.testing",
        "keep testing.opened": "send testing.opened",
        "show testing.opened": "keep testing.opened",
    }
    assert {context(span).trace_id for span in memory.get_finished_spans()} == {0x0AF7651916CD43DD8448EB211C80319C}
    sending = context(named(memory)["send testing.opened"]).span_id
    assert tracing.headers(state) == [("traceparent", f"00-{correlation.hex}-{sending:016x}-01".encode())]


async def test_a_command_lies_below_the_request_that_brought_it(memory: InMemorySpanExporter) -> None:
    provider = Book("test", SimpleSpanProcessor(memory)).provider
    app = FastAPI(telemetry={"tracer_provider": provider, "operation_spans": False})

    @app.post("/record")
    async def record() -> str:
        found = tracing.correlation(None)
        assert found is not None
        with tracing.command("testing", "record", uuid4(), UUID(found)):
            return found

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://redress") as client:
        told = [(await client.post("/record", headers=headers)).json() for headers in ({"traceparent": CALLER}, {})]

    spans = memory.get_finished_spans()
    requests = [span for span in spans if span.name.startswith("POST")]
    assert told[0] == "0af76519-16cd-43dd-8448-eb211c80319c"
    assert [UUID(int=context(span).trace_id) for span in requests] == [UUID(each) for each in told]
    above = [span.parent.span_id if span.parent else None for span in spans if span.name == "command record"]
    assert above == [context(span).span_id for span in requests]


def test_a_command_of_another_correlation_names_its_request_as_a_link(memory: InMemorySpanExporter) -> None:
    book = Book("test", SimpleSpanProcessor(InMemorySpanExporter()))
    request = book.provider.get_tracer("x").start_as_current_span("request")
    with request as above, tracing.command("testing", "record", uuid4(), uuid4()):
        pass

    [span] = memory.get_finished_spans()
    assert (span.parent, [link.context.span_id for link in span.links]) == (None, [above.get_span_context().span_id])


def test_a_command_that_fails_is_marked_and_its_error_goes_on(memory: InMemorySpanExporter) -> None:
    with pytest.raises(KeyError), tracing.command("testing", "record", uuid4(), None):
        raise KeyError("no")

    [span] = memory.get_finished_spans()
    assert (span.status.is_ok, span.status.description) == (False, "KeyError")


@pytest.mark.parametrize(
    "header",
    [
        None, "", "nonsense", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331", f"{CALLER}0", CALLER.upper(),
        f"00-{'0' * 32}-b7ad6b7169203331-01", f"00-0af7651916cd43dd8448eb211c80319c-{'0' * 16}-01",
    ],
)  # fmt: skip
def test_a_header_that_is_none_gives_no_correlation(header: str | None) -> None:
    assert tracing.correlation(header) is None


def test_a_caller_s_trace_is_the_correlation_even_while_no_spans_are_written() -> None:
    assert tracing.correlation(CALLER) == "0af76519-16cd-43dd-8448-eb211c80319c"
    assert tracing.correlation(f"cc{CALLER[2:]}-what-the-future-will-be-like") == tracing.correlation(CALLER)


def test_bytes_that_are_no_event_are_passed_over(memory: InMemorySpanExporter) -> None:
    tracing.sent("testing", [b"", b"{}", None, b"\xff"], tracing.now())

    assert (memory.get_finished_spans(), tracing.headers(b"{}")) == ((), [])


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_a_share_of_the_traces_is_taken_each_whole(share: float) -> None:
    memories = [InMemorySpanExporter(), InMemorySpanExporter()]
    books = [Book("test", SimpleSpanProcessor(memory), share) for memory in memories]
    for correlation in [uuid4() for _ in range(1000)]:
        for book in books:
            tracing.use(book)
            with tracing.command("testing", "record", uuid4(), correlation):
                pass
    tracing.use(None)

    taken = [{context(span).trace_id for span in memory.get_finished_spans()} for memory in memories]
    assert taken[0] == taken[1]
    assert abs(len(taken[0]) - 1000 * share) < 75


def test_ids_settled_in_one_thread_are_not_taken_by_another() -> None:
    ids, elsewhere = SettledIds(), list[int]()
    ids.settle(1, 2)
    other = threading.Thread(target=lambda: elsewhere.extend((ids.generate_trace_id(), ids.generate_span_id())))
    other.start()
    other.join()

    assert (1 in elsewhere, 2 in elsewhere) == (False, False)
    assert (ids.generate_trace_id(), ids.generate_span_id()) == (1, 2)
    assert 2 not in (ids.generate_trace_id(), ids.generate_span_id()), "they are for one span only"


def test_while_off_nothing_is_written_and_next_to_nothing_is_spent() -> None:
    assert (tracing.on(), tracing.now()) == (False, 0)
    state = b"x" * 1000
    rounds = 20_000

    began = perf_counter()
    for _ in range(rounds):
        tracing.sent("testing", [state], 0)
        tracing.appended("testing", (), 0)
        tracing.headers(state)
    spent = (perf_counter() - began) / rounds

    assert spent < 20e-6, "three hooks a command, far below a thousandth of what recording it takes"


def test_nothing_is_traced_unless_the_environment_names_where_to() -> None:
    tracing.start("testing", {})

    assert not tracing.on()


def test_a_share_that_is_none_leaves_the_service_running_without_traces() -> None:
    tracing.start("testing", {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_TRACES_SAMPLER_ARG": "much"})

    assert not tracing.on()


def test_spans_reach_a_collector(monkeypatch: pytest.MonkeyPatch) -> None:
    bodies: list[tuple[str, bytes]] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setattr("shared.observability.spans.trace.set_tracer_provider", lambda provider: None)
    book = exporting("testing", 1.0)
    tracing.use(book)
    try:
        with tracing.command("testing", "record", uuid4(), None):
            pass
        assert book.provider.force_flush(5_000)
    finally:
        tracing.use(None)
        book.provider.shutdown()
        server.shutdown()
        server.server_close()

    assert [(path, b"command record" in body, b"redress-testing" in body) for path, body in bodies] == [
        ("/v1/traces", True, True)
    ]


def test_a_command_without_a_correlation_is_a_trace_of_its_own(memory: InMemorySpanExporter) -> None:
    command_id = uuid4()
    with tracing.command("testing", "note", command_id, None):
        said = recorded(command_id, Noted("n"))
    tracing.appended("testing", [(command_id, [said])], tracing.now())

    assert tree(memory) == {"command note": None, "append testing.noted": "command note"}
    assert {context(span).trace_id for span in memory.get_finished_spans()} == {command_id.int}
