"""A workflow that is nothing but the step."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from contracts.activities.llm import LlmActivities, LlmCallInput, LlmCallOutput
    from contracts.task_queues import TaskQueue

WORKFLOWS_QUEUE = "one-call"


@workflow.defn
class OneCall:
    """Has one revision written, noticing a dead worker sooner than a report would."""

    @workflow.run
    async def run(self, call: LlmCallInput) -> LlmCallOutput:
        """Make the call; discard it when it is cancelled."""
        try:
            return await workflow.execute_activity_method(
                LlmActivities.llm_call,
                call,
                task_queue=TaskQueue.LLM,
                start_to_close_timeout=timedelta(minutes=5),
                heartbeat_timeout=timedelta(seconds=2),
                retry_policy=RetryPolicy(initial_interval=timedelta(milliseconds=100)),
                cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            )
        except ActivityError:
            await workflow.execute_activity_method(
                LlmActivities.discard_llm_call,
                call.report,
                task_queue=TaskQueue.LLM_CONTROL,
                start_to_close_timeout=timedelta(seconds=10),
            )
            raise
