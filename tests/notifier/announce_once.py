"""A workflow that does nothing but announce, as the report workflow does at its end."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from contracts.activities.notification import Notification, NotificationActivities
    from contracts.task_queues import TaskQueue


@workflow.defn
class AnnounceOnce:
    """Calls `send_notification` on its own queue."""

    @workflow.run
    async def run(self, notification: Notification) -> None:
        await workflow.execute_activity_method(
            NotificationActivities.send_notification,
            notification,
            task_queue=TaskQueue.NOTIFICATION,
            start_to_close_timeout=timedelta(seconds=10),
        )
