"""OpenTelemetry's SDK behind `runtime.tracing`; loaded only where traces are sent."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from temporalio.client import Interceptor
from temporalio.contrib.opentelemetry import TracingInterceptor

from runtime.tracing import Attributes, Kind, Note

TRACEPARENT = "traceparent"
EXCEPTION_TYPE = "exception.type"
ERROR_TYPE = "error.type"

_KINDS = {
    Kind.INTERNAL: SpanKind.INTERNAL,
    Kind.SERVER: SpanKind.SERVER,
    Kind.CLIENT: SpanKind.CLIENT,
    Kind.PRODUCER: SpanKind.PRODUCER,
    Kind.CONSUMER: SpanKind.CONSUMER,
}


class OpenTelemetry:
    """Makes spans and sends them in batches, from a thread of its own."""

    def __init__(self, resource: Mapping[str, str]) -> None:
        self._provider = TracerProvider(resource=Resource.create(resource), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(WithoutWords(OTLPSpanExporter())))
        self._tracer = self._provider.get_tracer("durable_reports")
        self._propagator = TraceContextTextMapPropagator()

    @contextmanager
    def span(self, name: str, kind: Kind, attributes: Attributes, parent: str | None) -> Iterator[Note]:
        """Open a span; what is raised in it names its type, and nothing that was said."""
        context = self._propagator.extract({TRACEPARENT: parent}) if parent else None
        with self._tracer.start_as_current_span(
            name, context, _KINDS[kind], attributes, record_exception=False, set_status_on_exception=False
        ) as opened:
            try:
                yield partial(_note, opened)
            except Exception as error:
                _note(opened, {ERROR_TYPE: type(error).__name__})
                raise

    def note(self, attributes: Attributes) -> None:
        """Add attributes to the open span."""
        get_current_span().set_attributes(attributes)

    def traceparent(self) -> str | None:
        """Give the open span as a header; None without one."""
        carrier: dict[str, str] = {}
        self._propagator.inject(carrier)
        return carrier.get(TRACEPARENT)

    def temporal_interceptor(self) -> Interceptor:
        """Give Temporal's own interceptor: it makes no span while a workflow replays."""
        return TracingInterceptor(self._provider.get_tracer("temporalio"))

    def shutdown(self) -> None:
        """Send what is left; no span is sent afterwards."""
        self._provider.shutdown()


def _note(span: Span, attributes: Attributes) -> None:
    span.set_attributes(attributes)
    if ERROR_TYPE in attributes:
        span.set_status(Status(StatusCode.ERROR))


class WithoutWords(SpanExporter):
    """Leaves out what exceptions say: a message may quote a prompt, and a trace is no place for one."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send the spans."""
        return self._exporter.export([_without_words(span) for span in spans])

    def shutdown(self) -> None:
        """End the connection."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Wait until all is sent."""
        return self._exporter.force_flush(timeout_millis)


def _without_words(span: ReadableSpan) -> ReadableSpan:
    if not span.events and not span.status.description:
        return span
    return ReadableSpan(
        name=span.name,
        context=span.get_span_context(),
        parent=span.parent,
        resource=span.resource,
        attributes=span.attributes,
        events=[_type_only(event) for event in span.events],
        links=span.links,
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _type_only(event: Event) -> Event:
    attributes = event.attributes or {}
    kept = {name: value for name, value in attributes.items() if name == EXCEPTION_TYPE}
    return Event(event.name, kept, event.timestamp)
