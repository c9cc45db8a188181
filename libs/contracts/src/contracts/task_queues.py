from enum import StrEnum


class TaskQueue(StrEnum):
    """Temporal task queues; each is served by one kind of process."""

    REPORTS = "reports"
    METADATA = "metadata"
    LLM = "llm"
    LLM_CONTROL = "llm-control"
    PDF = "pdf"
    NOTIFICATION = "notification"
    WEBHOOKS = "webhooks"
