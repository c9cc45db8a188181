"""What every line of a log and every span of an activity says: whose report, which attempt, which trace."""

from typing import Any

import structlog
from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from contracts.identifiers import request_id_of
from runtime import tracing


class ActivityContext(Interceptor):
    """Binds the context once for each attempt."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002 - the SDK's name
        """Wrap the activities of a worker."""
        return _Bound(next)


class _Bound(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002, ANN401 - the SDK's signature
        info = activity.info()
        context: dict[str, object] = {
            "workflow_id": info.workflow_id,
            "activity": info.activity_type,
            "attempt": info.attempt,
        }
        if request_id := request_id_of(info.workflow_id or ""):
            context["request_id"] = request_id
        if found := tracing.trace_id(tracing.traceparent()):
            context["trace_id"] = found
        tracing.note({"temporal.activity.attempt": info.attempt})
        with structlog.contextvars.bound_contextvars(**context):
            return await super().execute_activity(input)
