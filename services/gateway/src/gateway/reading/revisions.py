"""The drafts that a report has had: from its workflow, or from the artifact store once that is forgotten."""

import asyncio
from datetime import datetime
from decimal import Decimal

from pydantic import ValidationError

from contracts.activities.llm import StoredAnswer
from contracts.artifacts import answer_key, draft_key
from contracts.model import WireModel
from contracts.reports import TokenUsage
from gateway.reading.documents import DocumentDamagedError, Documents
from gateway.reading.executions import Executions
from gateway.reading.known_report import KnownReport


class RevisionNotFoundError(Exception):
    """The report has no finished draft of this number."""


class KnownRevision(WireModel):
    """A finished draft; only the workflow knows `instructions`, `written_at` and what failed calls cost."""

    revision: int
    instructions: str | None = None
    title: str
    model: str
    usage: TokenUsage
    cost_usd: Decimal | None = None
    written_at: datetime | None = None


class Revisions:
    """Every draft is in the store for good; its history in Temporal is kept for a month."""

    def __init__(self, executions: Executions, documents: Documents) -> None:
        self._executions = executions
        self._documents = documents

    async def of(self, report: KnownReport) -> list[KnownRevision]:
        """List the finished drafts of a report; raises what `Documents` raises."""
        told = report.revisions
        if not told and report.status.is_terminal:
            progress = await self._executions.last_progress(report.workflow_id)
            told = progress.revisions if progress else []
        if told:
            return [KnownRevision.model_validate(known.model_dump(exclude={"draft"})) for known in told]
        numbers = range(1, report.revision + 1)
        stored = await asyncio.gather(*(self._stored(report, number) for number in numbers))
        return [revision for revision in stored if revision is not None]

    async def markdown(self, report: KnownReport, revision: int) -> str:
        """Give the text of one draft; raises what `Documents` raises.

        Raises:
            RevisionNotFoundError: there is none of this number.

        """
        known = [known.draft for known in report.revisions if known.revision == revision]
        if known:
            return await self._documents.markdown(known[0])
        # Not only up to the report's own revision: its row may be of the draft before.
        key = draft_key(report.tenant_id, report.workflow_id, revision)
        content = await self._documents.find(key) if revision >= 1 else None
        if content is None:
            raise RevisionNotFoundError(report.workflow_id)
        return content.decode(errors="replace")

    async def _stored(self, report: KnownReport, revision: int) -> KnownRevision | None:
        content = await self._documents.find(answer_key(report.tenant_id, report.workflow_id, revision))
        if content is None:
            return None
        try:
            answer = StoredAnswer.model_validate_json(content)
        except ValidationError as error:
            raise DocumentDamagedError(f"answer of revision {revision}") from error
        shown = answer.model_dump(include=set(KnownRevision.model_fields))
        return KnownRevision(revision=revision, **shown)
