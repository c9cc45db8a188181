"""One event on its way to one endpoint: attempts, and durable pauses between them."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from contracts.webhooks import DeliveryState
    from notifier import policies
    from notifier.workflows.interface import (
        DELIVER_NOW_SIGNAL,
        DELIVER_WEBHOOK_WORKFLOW,
        Attempt,
        DeliveryActivities,
        DeliveryOrder,
        DeliveryRecord,
        Verdict,
    )


@workflow.defn(name=DELIVER_WEBHOOK_WORKFLOW)
class DeliverWebhookWorkflow:
    """Attempts until the endpoint accepts, refuses for good, or the schedule of pauses is used up."""

    def __init__(self) -> None:
        self._deliver_now = False

    @workflow.run
    async def run(self, order: DeliveryOrder) -> DeliveryState:
        """Deliver, and return how it ended."""
        attempts = order.attempts_before
        for pause in (*policies.RETRY_SCHEDULE, None):
            self._deliver_now = False
            attempt = await self._attempt(order)
            attempts += 1
            state = _state_after(attempt, is_last=pause is None)
            await self._record(order, state, attempts, attempt)
            if state is not DeliveryState.PENDING or pause is None:
                break
            await self._rest(_pause_after(attempt, pause))
        return state

    @workflow.signal(name=DELIVER_NOW_SIGNAL)
    def deliver_now(self) -> None:
        """Cut the present pause short."""
        self._deliver_now = True

    async def _attempt(self, order: DeliveryOrder) -> Attempt:
        return await workflow.execute_activity_method(
            DeliveryActivities.deliver_webhook,
            order.delivery,
            start_to_close_timeout=policies.DELIVER_TIMEOUT,
            heartbeat_timeout=policies.DELIVER_HEARTBEAT_TIMEOUT,
            schedule_to_close_timeout=policies.OUTAGE_TIMEOUT,
            retry_policy=policies.OUTAGE_RETRY,
        )

    async def _record(
        self, order: DeliveryOrder, state: DeliveryState, attempts: int, attempt: Attempt
    ) -> None:
        await workflow.execute_activity_method(
            DeliveryActivities.record_delivery,
            DeliveryRecord(delivery=order.delivery, state=state, attempts=attempts, attempt=attempt),
            start_to_close_timeout=policies.RECORD_TIMEOUT,
            schedule_to_close_timeout=policies.OUTAGE_TIMEOUT,
            retry_policy=policies.OUTAGE_RETRY,
        )

    async def _rest(self, pause: timedelta) -> None:
        try:
            await workflow.wait_condition(
                lambda: self._deliver_now, timeout=pause, timeout_summary="pause before the next attempt"
            )
        except TimeoutError:
            return


def _state_after(attempt: Attempt, *, is_last: bool) -> DeliveryState:
    if attempt.verdict is Verdict.DELIVERED:
        return DeliveryState.DELIVERED
    if attempt.verdict is Verdict.STOP or is_last:
        return DeliveryState.FAILED
    return DeliveryState.PENDING


def _pause_after(attempt: Attempt, scheduled: timedelta) -> timedelta:
    wish = timedelta(seconds=attempt.retry_after_seconds or 0)
    return max(scheduled, min(wish, policies.LONGEST_RETRY_AFTER))
