"""A report starts with what its deployment says, in its requester's turn, readable in Temporal's UI."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowExecutionDescription

from contracts.workflows import ReportInput
from local_stack import LocalStack
from orchestrator.settings import ReviewSettings
from orchestrator.starting import Starter, parse_request
from runtime import durable
from runtime.bus import Bus
from runtime.durable import TemporalSettings

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def started(connection: Bus, temporal: Client, **request: str) -> WorkflowExecutionDescription:
    """Put a request on the bus, start its report as intake does, and give what Temporal knows of it."""
    name = f"reports.v1.request.test-{uuid4().hex}"
    subscription = await connection.jetstream.subscribe(name, ordered_consumer=True)
    await connection.jetstream.publish(name, json.dumps(request).encode())
    message = await subscription.next_msg(timeout=5)
    review = ReviewSettings(review_timeout_days=2)
    parsed = parse_request(message)
    assert await Starter(temporal, review).start(parsed, message)
    return await temporal.get_workflow_handle(parsed.workflow_id).describe()


async def test_a_started_report_says_what_it_is_about(connection: Bus, servers: LocalStack) -> None:
    temporal = await durable.connect(TemporalSettings(temporal_address=servers.temporal_address))
    prompt = "Line one\n" + "and a long second line " * 20
    described = await started(
        connection, temporal, prompt=prompt, mode="review", requested_by="ada", tenant_id="acme"
    )
    assert described.raw_info.priority.fairness_key == "acme/ada"
    summary, details = await described.static_summary(), await described.static_details()
    assert summary is not None
    assert details is not None
    assert len(summary) <= 100
    assert summary.endswith("…")
    for fact in (
        "> Line one\n> and a long",
        "- tenant: acme",
        "- requested by: ada",
        "- review: within 2 days",
    ):
        assert fact in details
    history = await temporal.get_workflow_handle(described.id).fetch_history()
    [payload] = history.events[0].workflow_execution_started_event_attributes.input.payloads
    [report] = await temporal.data_converter.decode([payload], [ReportInput])
    assert report.review_timeout == timedelta(days=2)
    assert timedelta(days=1) < report.review_reminder_after < report.review_timeout
