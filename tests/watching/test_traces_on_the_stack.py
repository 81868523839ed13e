"""On the whole running stack: the trace that a caller began goes with a complaint to whoever makes something of it."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from shared.contracts.event import SERVICES
from tests.journeys.complaints import COMPLAINTS, complaint
from tests.support.building import until
from tests.support.started import Started, start

TRACE = "0af7651916cd43dd8448eb211c80319c"
STEPS = {"POST", "command", "append", "send", "hear", "keep", "show"}
HEARD_BY = {*SERVICES, "analytics-worker"} - {"finance"}
"""Finance makes nothing of a complaint that was only filed."""
CALLER = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}


class Collector(ThreadingHTTPServer):
    """Takes the spans of all processes: (service, span's name, its id, the id of the span above) of each trace."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.spans: dict[str, set[tuple[str, str, str, str]]] = {}

    def take(self, body: bytes) -> None:
        for group in ExportTraceServiceRequest.FromString(body).resource_spans:
            names = {each.key: each.value.string_value for each in group.resource.attributes}
            service = names["service.name"].removeprefix("redress-")
            for span in (span for scope in group.scope_spans for span in scope.spans):
                told = (service, span.name, span.span_id.hex(), span.parent_span_id.hex())
                self.spans.setdefault(span.trace_id.hex(), set()).add(told)


class Taking(BaseHTTPRequestHandler):
    """One export."""

    server: Collector

    def do_POST(self) -> None:
        self.server.take(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        return


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    collector = Collector()
    threading.Thread(target=collector.serve_forever, daemon=True).start()
    yield collector
    collector.shutdown()
    collector.server_close()


@pytest.fixture(scope="module")
def traced(own_folder: Path, collector: Collector) -> Iterator[Started]:
    """A stack of its own that writes traces."""
    started = start(
        own_folder / "traced",
        OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{collector.server_port}",
        OTEL_BSP_SCHEDULE_DELAY="200",
    )
    yield started
    started.stop()


async def test_a_complaint_is_followed_to_the_dashboard(traced: Started, collector: Collector) -> None:
    async with httpx.AsyncClient(base_url=traced.address, timeout=30) as client:
        token = (await client.post("/api/login", json={"person": "lin-yating"})).json()["token"]
        client.headers["authorization"] = f"Bearer {token}"
        async with client.stream("GET", "/api/analytics/stream") as page:
            lines = page.aiter_lines()
            assert await anext(lines) == ": welcome"
            filed = await client.post(COMPLAINTS, json=complaint(), headers=CALLER)
            assert (filed.status_code, filed.headers["x-correlation-id"]) == (201, str(UUID(TRACE)))

            def arrived() -> bool:
                spans = collector.spans.get(TRACE, ())
                return {name.split()[0] for _, name, _, _ in spans} >= STEPS and {
                    each for each, *_ in spans
                } >= HEARD_BY

            await until(arrived, "the dashboard was told, and the other services have heard", 30)

            def whole() -> bool:
                spans = collector.spans[TRACE]
                known = {own for _, _, own, _ in spans} | {"b7ad6b7169203331"}
                return {above for _, _, _, above in spans} <= known

            await until(whole, "every span lies below one that was written", 30)

    spans = collector.spans[TRACE]
    assert [name for _, name, _, above in spans if above == "b7ad6b7169203331"] == [f"POST {COMPLAINTS}"]


async def test_probes_and_figures_are_no_traces(traced: Started, collector: Collector) -> None:
    names = {name for spans in collector.spans.values() for _, name, _, _ in spans}

    assert {name for name in names if "/health" in name or "/metrics" in name or "stream" in name} == set()
