"""Protects the schedule of a delivery: days of durable pauses, an end, and the endpoint's own wishes."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio import activity
from temporalio.client import Client

from contracts.task_queues import TaskQueue
from contracts.webhooks import DeliveryState
from notifier import policies
from notifier.workflows.deliver_webhook import DeliverWebhookWorkflow
from notifier.workflows.interface import (
    DELIVER_WEBHOOK,
    RECORD_DELIVERY,
    Attempt,
    DeliveryActivities,
    DeliveryKey,
    DeliveryOrder,
    DeliveryRecord,
    Verdict,
)
from runtime.durable import new_worker
from tests.time_skipping import time_skipping

ORDER = DeliveryOrder(delivery=DeliveryKey(tenant_id="default", delivery_id="one"))
REFUSED = Attempt(verdict=Verdict.RETRY, status_code=500, error="the endpoint answered 500")
ACCEPTED = Attempt(verdict=Verdict.DELIVERED, status_code=200)
GONE = Attempt(verdict=Verdict.STOP, status_code=410)


@dataclass
class Rehearsal(DeliveryActivities):
    """An endpoint whose answers are written down beforehand; after them it goes on refusing."""

    answers: list[Attempt]
    tried_at: list[datetime] = field(default_factory=list)
    records: list[DeliveryRecord] = field(default_factory=list)

    @activity.defn(name=DELIVER_WEBHOOK)
    async def deliver_webhook(self, delivery: DeliveryKey) -> Attempt:
        assert delivery == ORDER.delivery
        self.tried_at.append(activity.info().scheduled_time)
        return self.answers.pop(0) if self.answers else REFUSED

    @activity.defn(name=RECORD_DELIVERY)
    async def record_delivery(self, record: DeliveryRecord) -> None:
        self.records.append(record)

    @property
    def pauses(self) -> list[timedelta]:
        return [later - earlier for earlier, later in pairwise(self.tried_at)]


@pytest.fixture
async def client(binaries: Path) -> AsyncIterator[Client]:
    async with time_skipping(binaries) as environment:
        yield environment.client


async def _run(client: Client, rehearsal: Rehearsal, order: DeliveryOrder = ORDER) -> DeliveryState:
    async with new_worker(
        client,
        TaskQueue.WEBHOOKS,
        workflows=[DeliverWebhookWorkflow],
        activities=[rehearsal.deliver_webhook, rehearsal.record_delivery],
    ):
        return await client.execute_workflow(
            DeliverWebhookWorkflow.run, order, id=f"webhook-{uuid4()}", task_queue=TaskQueue.WEBHOOKS
        )


def _follows(pauses: list[timedelta], schedule: list[timedelta]) -> bool:
    # A pause is never shorter than planned; what comes on top is the time that a step takes.
    slack = timedelta(seconds=4)
    return len(pauses) == len(schedule) and all(
        planned <= pause < planned + slack for pause, planned in zip(pauses, schedule, strict=True)
    )


async def test_an_endpoint_that_never_accepts_is_tried_over_three_days(client: Client) -> None:
    rehearsal = Rehearsal([])
    state = await _run(client, rehearsal)

    assert state is DeliveryState.FAILED
    assert _follows(rehearsal.pauses, list(policies.RETRY_SCHEDULE))
    assert sum(policies.RETRY_SCHEDULE, timedelta()) > timedelta(days=3)
    assert [record.attempts for record in rehearsal.records] == list(range(1, 11))
    assert {record.state for record in rehearsal.records[:-1]} == {DeliveryState.PENDING}
    assert rehearsal.records[-1].state is DeliveryState.FAILED


async def test_a_delivery_ends_when_it_is_accepted_or_refused_for_good(client: Client) -> None:
    accepted, gone = Rehearsal([REFUSED, REFUSED, ACCEPTED]), Rehearsal([REFUSED, GONE])

    assert await _run(client, accepted) is DeliveryState.DELIVERED
    assert await _run(client, gone) is DeliveryState.FAILED
    assert _follows(accepted.pauses, list(policies.RETRY_SCHEDULE[:2]))
    assert len(gone.tried_at) == 2


async def test_a_longer_pause_is_granted_within_bounds_and_a_shorter_one_is_not(
    client: Client,
) -> None:
    wishes = [timedelta(hours=1), timedelta(days=30), timedelta(seconds=1)]
    answers = [
        REFUSED.model_copy(update={"retry_after_seconds": int(wish.total_seconds())}) for wish in wishes
    ]
    rehearsal = Rehearsal([*answers, ACCEPTED])
    await _run(client, rehearsal)

    granted = [timedelta(hours=1), policies.LONGEST_RETRY_AFTER, policies.RETRY_SCHEDULE[2]]
    assert _follows(rehearsal.pauses, granted)


async def test_a_replay_counts_on_from_earlier_attempts(client: Client) -> None:
    rehearsal = Rehearsal([ACCEPTED])
    await _run(client, rehearsal, ORDER.model_copy(update={"attempts_before": 10}))
    assert [record.attempts for record in rehearsal.records] == [11]
