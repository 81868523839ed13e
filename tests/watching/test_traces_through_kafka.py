"""Two services on real Kafka: what one records and the other hears lies in one trace."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.commands.department import Department
from shared.commands.requests import CommandRequest
from shared.contracts.commands import file
from shared.observability import tracing
from shared.observability.spans import Book
from tests.support.building import CLERK, Building, until
from tests.support.office import Folder, Open, Opened, decide, evolve

NEIGHBOUR = Department("neighbour", Folder, decide, evolve, {Opened: file})


@pytest.fixture
def memory() -> Iterator[InMemorySpanExporter]:
    """Where spans are written during a test."""
    memory = InMemorySpanExporter()
    tracing.use(Book("test", SimpleSpanProcessor(memory)))
    yield memory
    tracing.use(None)


@pytest.fixture
async def house(postgres_url: str, kafka_bootstrap: str) -> Building:
    return Building(postgres_url, kafka_bootstrap)


async def test_what_one_service_records_and_another_hears_is_one_trace(
    house: Building, memory: InMemorySpanExporter
) -> None:
    office = house.gate()
    house.relay(office)
    there = house.gate(NEIGHBOUR)
    house.inbox(there, NEIGHBOUR)
    case, correlation = uuid4(), uuid4()
    await office.submit(
        CommandRequest.of(case, Open(title="t", by=CLERK), command_id=uuid4(), correlation=correlation, site="TPE")
    )

    await until(lambda: len(memory.get_finished_spans()) == 5, "both services have written their spans")
    spans = memory.get_finished_spans()
    copy = [span for span in spans if span.name == "append testing.opened"]
    topic = house.topics.of("testing")
    assert {context.trace_id for span in spans if (context := span.context)} == {correlation.int}
    assert {(span.name, above) for span, above in zip(spans, parents(spans), strict=True)} == {
        ("command Open", None),
        ("append testing.opened", "command Open"),
        ("send testing.opened", "append testing.opened"),
        (f"hear {topic}", "send testing.opened"),
        ("append testing.opened", f"hear {topic}"),
    }
    assert {span.attributes["redress.service"] for span in copy if span.attributes} == {"testing", "neighbour"}
    [message] = await house.sent(topic)
    sending = next(span.context.span_id for span in spans if span.name.startswith("send") and span.context)
    assert dict(message.headers)["traceparent"] == f"00-{correlation.hex}-{sending:016x}-01".encode()
    await house.close()


def parents(spans: tuple[ReadableSpan, ...]) -> list[str | None]:
    """The name of the span above each; ``?`` for one that nobody wrote."""
    names = {span.context.span_id: span.name for span in spans if span.context}
    return [names.get(span.parent.span_id, "?") if span.parent else None for span in spans]
