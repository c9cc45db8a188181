from abc import ABC, abstractmethod
from datetime import datetime
from typing import Annotated

from pydantic import Field
from temporalio import activity

from contracts.events import (
    ReportCancelled,
    ReportCompleted,
    ReportDraftReady,
    ReportFailed,
    ReportPaused,
    ReportResumed,
    ReportReviewReminder,
)
from contracts.model import WireModel
from contracts.reports import Step


class Notification(WireModel):
    """A fact to announce; `event_id` and `occurred_at` are the workflow's, the same on every attempt."""

    event_id: str
    occurred_at: datetime
    traceparent: str | None = None
    event: Annotated[
        ReportDraftReady
        | ReportReviewReminder
        | ReportPaused
        | ReportResumed
        | ReportCompleted
        | ReportFailed
        | ReportCancelled,
        Field(discriminator="type"),
    ]


class NotificationActivities(ABC):
    """Task queue `notification`."""

    @abstractmethod
    @activity.defn(name=Step.SEND_NOTIFICATION)
    async def send_notification(self, notification: Notification) -> None:
        """Put the event on the bus, confirmed by the stream."""
