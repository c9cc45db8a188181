"""Requests that were accepted and acknowledged, but have neither a workflow nor a row."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import structlog
from nats.aio.msg import Msg
from nats.errors import TimeoutError as NoMessageError
from nats.js.api import ConsumerConfig, DeliverPolicy
from pydantic import ValidationError
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from contracts import subjects
from orchestrator.metrics import FINDINGS
from orchestrator.reconciliation.findings import Finding
from orchestrator.reconciliation.set_aside import SetAside
from orchestrator.starting import Starter, parse_request
from runtime.bus import Bus

# Older requests were looked at by earlier sweeps; younger ones are on their way.
LOOK_BACK = timedelta(hours=2)
SETTLING_TIME = timedelta(minutes=2)
NEXT_MESSAGE_TIMEOUT = timedelta(seconds=2)

log = structlog.get_logger(__name__)


async def start_forgotten(bus: Bus, temporal: Client, pool: asyncpg.Pool, starter: Starter) -> int:
    """Start the workflow of each request that was forgotten, and give how many there were."""
    found, set_aside = 0, SetAside(bus)
    async for message in settled(bus, subjects.ALL_REQUESTS, subjects.INTAKE_DURABLE):
        try:
            request = parse_request(message)
        except ValidationError:
            # Intake has set it aside with its reason.
            continue
        known = await pool.fetchval("SELECT 1 FROM reports WHERE workflow_id = $1", request.workflow_id)
        if known or await has_workflow(temporal, request.workflow_id) or await set_aside.holds(message):
            continue
        await starter.start(request, message)
        log.warning("reconciliation.request_started", workflow_id=request.workflow_id)
        FINDINGS.labels(finding=Finding.REQUEST_WITHOUT_WORKFLOW).inc()
        found += 1
    return found


async def settled(bus: Bus, subject: str, durable: str) -> AsyncIterator[Msg]:
    """Give the commands on `subject` that the consumer `durable` has acknowledged."""
    consumer = await bus.jetstream.consumer_info(subjects.REQUESTS_STREAM, durable)
    acknowledged = consumer.ack_floor.stream_seq if consumer.ack_floor else 0
    now = datetime.now(UTC)
    subscription = await bus.jetstream.subscribe(
        subject,
        stream=subjects.REQUESTS_STREAM,
        ordered_consumer=True,
        config=ConsumerConfig(deliver_policy=DeliverPolicy.BY_START_TIME, opt_start_time=now - LOOK_BACK),
    )
    try:
        sent = await subscription.consumer_info()
        if not sent.num_pending and not (sent.delivered and sent.delivered.consumer_seq):
            return
        while True:
            message = await subscription.next_msg(timeout=NEXT_MESSAGE_TIMEOUT.total_seconds())
            place = message.metadata
            if place.sequence.stream > acknowledged or place.timestamp > now - SETTLING_TIME:
                return
            yield message
            if place.num_pending == 0:
                return
    except NoMessageError:
        return
    finally:
        await subscription.unsubscribe()


async def has_workflow(temporal: Client, workflow_id: str) -> bool:
    """Tell whether Temporal knows a workflow, open or closed."""
    try:
        await temporal.get_workflow_handle(workflow_id).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return True
