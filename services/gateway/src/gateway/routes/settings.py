"""What people should know of how this deployment is set up; no secrets."""

from importlib.metadata import version

from litestar import get
from pydantic import BaseModel

from contracts.origin import REQUESTED_BY_MAX_CHARACTERS
from contracts.reports import PROMPT_MAX_CHARACTERS
from contracts.workflows import INSTRUCTIONS_MAX_CHARACTERS
from gateway.errors.refusals import answering
from gateway.openapi import UNAVAILABLE
from gateway.reading.ledger import LatestModel, Ledger
from gateway.settings import ReviewSettings


class Limits(BaseModel):
    """How much a request may hold, in characters."""

    prompt: int = PROMPT_MAX_CHARACTERS
    instructions: int = INSTRUCTIONS_MAX_CHARACTERS
    requested_by: int = REQUESTED_BY_MAX_CHARACTERS


class Settings(BaseModel):
    """The deployment as its users meet it.

    `model` is the one that gave the latest answer, null before the first. A draft waits
    `review_timeout_seconds` for its decision.
    """

    version: str
    tenant_id: str
    authentication: bool = False
    model: LatestModel | None
    limits: Limits = Limits()
    review_timeout_seconds: int
    review_reminder_seconds: int


@get("/api/settings", responses=UNAVAILABLE, tags=["operations"])
async def settings(tenant_id: str, ledger: Ledger, review: ReviewSettings) -> Settings:
    """Show the settings that matter to users."""
    with answering():
        model = await ledger.latest_model(tenant_id)
    return Settings(
        version=version("gateway"),
        tenant_id=tenant_id,
        model=model,
        review_timeout_seconds=int(review.timeout.total_seconds()),
        review_reminder_seconds=int(review.reminder_after.total_seconds()),
    )
