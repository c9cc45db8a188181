from abc import ABC, abstractmethod
from decimal import Decimal

from pydantic import Field
from temporalio import activity

from contracts.artifacts import ArtifactRef
from contracts.model import WireModel
from contracts.reports import ReportKey, Step, TokenUsage


class LlmCallInput(WireModel):
    """What to write: the question and, from revision 2 on, the earlier draft and all instructions so far."""

    report: ReportKey
    prompt: str
    previous_draft: ArtifactRef | None = None
    instructions: list[str] = Field(default_factory=list)


class LlmCallOutput(WireModel):
    """Where the answer is and what it took; `draft` is Markdown (text/markdown, UTF-8)."""

    draft: ArtifactRef
    title: str
    model: str
    usage: TokenUsage
    cost_usd: Decimal | None = None
    finish_reason: str


class StoredAnswer(WireModel):
    """The answer as it was paid for, in one write-once object under `answer_key`.

    Once it exists nobody is called again; the draft's Markdown object is derived from it.
    """

    text: str
    title: str
    model: str
    usage: TokenUsage
    cost_usd: Decimal | None = None
    finish_reason: str


class LlmActivities(ABC):
    """Task queue `llm`."""

    @abstractmethod
    @activity.defn(name=Step.LLM_CALL)
    async def llm_call(self, call: LlmCallInput) -> LlmCallOutput:
        """Have the model write one revision.

        Raises:
            ApplicationError: with a `FailureCode` as type; non-retryable when trying again cannot help.

        """
