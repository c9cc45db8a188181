"""A report while it is being worked on: its text as it is written, and what its step is doing.

Both are for those who watch now. What they missed, and everything that must not be lost, is in events.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from contracts.identifiers import DEFAULT_TENANT, TenantId
from contracts.model import WireModel
from contracts.reports import Step, TokenUsage


class LiveText(WireModel):
    """A piece of text at `offset` characters into the draft of `revision`.

    A new attempt begins again at a smaller offset: a reader cuts what it holds at `offset`, then appends.
    """

    workflow_id: str
    tenant_id: TenantId = DEFAULT_TENANT
    revision: int
    attempt: int
    offset: int
    text: str


class LiveWaitReason(StrEnum):
    """Why a step does not go on at the moment."""

    RATE_LIMIT = "rate_limit"
    RETRY = "retry"
    DATABASE = "database"
    ARTIFACT_STORE = "artifact_store"


class LiveWait(WireModel):
    """A step that waits; `message` is a sentence for people, `until` is when it goes on, if that is known."""

    reason: LiveWaitReason
    message: str
    until: datetime | None = None


class LiveStatus(WireModel):
    """What a running step is doing: the whole picture, so a missed one loses nothing.

    `usage` and `cost_usd` are those of this revision so far, failed calls included; tokens of a call that is
    still open are estimated from its text. `wait` is None while the step is at work.
    """

    workflow_id: str
    tenant_id: TenantId = DEFAULT_TENANT
    revision: int
    step: Step
    attempt: int
    wait: LiveWait | None = None
    usage: TokenUsage = TokenUsage()
    usage_estimated: bool = False
    cost_usd: Decimal | None = None
    occurred_at: datetime
