"""Spans on OpenTelemetry's SDK: each under an id that was settled before, sent to wherever the environment says."""

import threading
from collections.abc import Mapping, Sequence
from uuid import UUID

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import Decision, Sampler, SamplingResult
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind, TraceFlags
from opentelemetry.util.types import Attributes

CHANCE = 56
"""So many of the last bits of a trace id are random, whether it was made as one or as a UUID."""


class SettledIds(RandomIdGenerator):
    """Gives the ids that were settled for the next span of this thread, and random ones otherwise."""

    def __init__(self) -> None:
        self._next = threading.local()

    def settle(self, trace_id: int, span_id: int | None) -> None:
        """Have the next span of this thread carry these ids."""
        self._next.trace, self._next.span = trace_id, span_id

    def generate_span_id(self) -> int:
        """See the SDK."""
        settled, self._next.span = getattr(self._next, "span", None), None
        return settled or super().generate_span_id()

    def generate_trace_id(self) -> int:
        """See the SDK."""
        settled, self._next.trace = getattr(self._next, "trace", None), None
        return settled or super().generate_trace_id()


class ByTrace(Sampler):
    """Takes a share of all traces, each whole: every process decides alike, looking at nothing but the trace id."""

    def __init__(self, share: float) -> None:
        self._bound = round(share * (1 << CHANCE))

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: trace.TraceState | None = None,
    ) -> SamplingResult:
        """See the SDK."""
        taken = trace_id & ((1 << CHANCE) - 1) < self._bound
        return SamplingResult(Decision.RECORD_AND_SAMPLE if taken else Decision.DROP, attributes)

    def get_description(self) -> str:
        """See the SDK."""
        return f"ByTrace({self._bound / (1 << CHANCE)})"


class Book:
    """Writes the spans of one process. May be used from several threads."""

    def __init__(self, service: str, processor: SpanProcessor, share: float = 1.0) -> None:
        self._ids = SettledIds()
        resource = Resource.create({"service.name": f"redress-{service}", "service.namespace": "redress"})
        self.provider = TracerProvider(sampler=ByTrace(share), resource=resource, id_generator=self._ids)
        self.provider.add_span_processor(processor)
        self._tracer = self.provider.get_tracer("redress")

    def write(
        self,
        name: str,
        kind: SpanKind,
        of: UUID,
        began: int,
        ended: int,
        attributes: Mapping[str, str | int],
        *,
        own: int | None = None,
        parent: int | None = None,
        link: SpanContext | None = None,
        failure: str = "",
    ) -> None:
        """A span of the trace ``of`` that is over; ``began`` and ``ended`` in nanoseconds since 1970.

        Without ``own`` it gets an id by chance, without ``parent`` the trace begins with it.
        """
        context = Context()
        if parent is not None:
            above = SpanContext(of.int, parent, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))
            context = trace.set_span_in_context(NonRecordingSpan(above), context)
        self._ids.settle(of.int, own)
        span = self._tracer.start_span(
            name, context, kind, dict(attributes), links=[Link(link)] if link else (), start_time=began
        )
        if failure:
            span.set_status(trace.StatusCode.ERROR, failure)
        span.end(ended)


def exporting(service: str, share: float) -> Book:
    """A book whose spans go where OTEL_EXPORTER_OTLP_ENDPOINT says; FastAPI's own are written in it too.

    Raises ImportError when the exporter is not installed.
    """
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    book = Book(service, BatchSpanProcessor(OTLPSpanExporter()), share)
    trace.set_tracer_provider(book.provider)
    return book
