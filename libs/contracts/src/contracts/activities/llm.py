from abc import ABC, abstractmethod
from decimal import Decimal
from uuid import UUID

from pydantic import Field
from temporalio import activity

from contracts.artifacts import ArtifactRef
from contracts.model import WireModel
from contracts.reports import ReportKey, Step, TokenUsage

DISCARD_LLM_CALL = "discard_llm_call"


class LlmCallInput(WireModel):
    """What to write: the question and, from revision 2 on, the earlier draft and all instructions so far."""

    report: ReportKey
    prompt: str
    previous_draft: ArtifactRef | None = None
    instructions: list[str] = Field(default_factory=list)


class LlmCallOutput(WireModel):
    """Where the answer is and what the revision took, all its calls together.

    `draft` is Markdown (text/markdown, UTF-8); `cost_usd` is None when the price of a call is not known.
    """

    draft: ArtifactRef
    title: str
    model: str
    usage: TokenUsage
    cost_usd: Decimal | None = None
    finish_reason: str


class ProviderCall(WireModel):
    """The call that wrote an answer: its line in the ledger, and how the provider knows it.

    `usage_estimated` when the provider did not say how many tokens it billed.
    """

    call_id: UUID
    response_id: str | None = None
    usage_estimated: bool = False


class StoredAnswer(WireModel):
    """The answer as it was paid for, in one write-once object under `answer_key`.

    Once it exists nobody is called again; the draft's Markdown object is derived from it. `usage` and
    `cost_usd` are those of the one call that wrote it.
    """

    text: str
    title: str
    model: str
    usage: TokenUsage
    cost_usd: Decimal | None = None
    finish_reason: str
    call: ProviderCall | None = None


class LlmActivities(ABC):
    """Task queue `llm`; `discard_llm_call` on `llm-control`, where it never waits behind calls."""

    @abstractmethod
    @activity.defn(name=Step.LLM_CALL)
    async def llm_call(self, call: LlmCallInput) -> LlmCallOutput:
        """Have the model write one revision.

        Cancelled, it stops reading and lets go: an answer that the provider goes on writing is read on by the
        next call for the same revision, until it is discarded.

        Raises:
            ApplicationError: with a `FailureCode` as type; non-retryable when trying again cannot help.

        """

    @abstractmethod
    @activity.defn(name=DISCARD_LLM_CALL)
    async def discard_llm_call(self, report: ReportKey) -> None:
        """Stop at the provider what is still being written for a revision that nobody will read."""
