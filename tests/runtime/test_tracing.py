"""What callers send as a `traceparent` is passed on only when it is one."""

import pytest

from runtime import tracing

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
VALID = f"00-{TRACE}-00f067aa0ba902b7-01"


def test_without_a_collector_a_callers_trace_is_passed_on() -> None:
    with tracing.span("anything", parent=VALID) as note:
        note({"ignored": True})
        assert tracing.traceparent(VALID) == VALID
        assert tracing.traceparent() is None
    assert tracing.trace_id(VALID) == TRACE
    assert tracing.temporal_interceptors() == []


@pytest.mark.parametrize("sent", [None, "", "a-b-c-d", VALID.upper(), f"{VALID}-more", f"{VALID}\n"])
def test_what_is_no_trace_is_dropped(sent: str | None) -> None:
    assert tracing.traceparent(sent) is None
    assert tracing.trace_id(sent) is None
