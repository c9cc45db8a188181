"""Paid answers in the artifact store, each written once."""

import asyncio
from datetime import timedelta
from typing import Protocol

import structlog
from obstore.exceptions import BaseError as StoreError

from contracts.activities.llm import StoredAnswer
from contracts.artifacts import ArtifactRef, answer_key, draft_key
from contracts.reports import ReportKey
from llm_worker.metrics import STORE_RETRIES
from runtime import fault_points
from runtime.artifacts import ArtifactStore

FIRST_RETRY = timedelta(milliseconds=200)
LONGEST_RETRY = timedelta(seconds=5)
MARKDOWN = "text/markdown; charset=utf-8"


class NoteWaiting(Protocol):
    """Hears whether the store is waited for."""

    def __call__(self, *, waits: bool) -> None:
        """Take note."""


log = structlog.get_logger(__name__)


class Answers:
    """Finds and keeps the answer of each report's revision."""

    def __init__(self, store: ArtifactStore) -> None:
        self._store = store

    async def find(self, report: ReportKey) -> StoredAnswer | None:
        """Read the answer that an earlier attempt paid for; None when there is none.

        Raises:
            pydantic.ValidationError: what is stored is not an answer.

        """
        stored = await self._store.find(_answer_key(report))
        return None if stored is None else StoredAnswer.model_validate_json(stored)

    async def keep(self, report: ReportKey, answer: StoredAnswer, note_waiting: NoteWaiting) -> StoredAnswer:
        """Store the answer, waiting for the store as long as it takes; return the one that stands.

        That is another than `answer` when two attempts ran at once and the other was first.
        """
        body = answer.model_dump_json().encode()
        await fault_points.reach("llm_worker.answered")
        ref = await self._put(_answer_key(report), body, "application/json", note_waiting)
        await fault_points.reach("llm_worker.answer_stored")
        return StoredAnswer.model_validate_json(await self._store.get(ref))

    async def keep_draft(
        self, report: ReportKey, answer: StoredAnswer, note_waiting: NoteWaiting
    ) -> ArtifactRef:
        """Store the answer's Markdown and return its reference."""
        key = draft_key(report.tenant_id, report.workflow_id, report.revision)
        return await self._put(key, answer.text.encode(), MARKDOWN, note_waiting)

    async def read_draft(self, draft: ArtifactRef) -> str:
        """Read the Markdown of an earlier revision.

        Raises:
            runtime.artifacts.CorruptArtifactError: it is not what was stored.

        """
        return (await self._store.get(draft)).decode()

    async def _put(
        self, key: str, content: bytes, content_type: str, note_waiting: NoteWaiting
    ) -> ArtifactRef:
        delay = FIRST_RETRY
        while True:
            try:
                ref = await self._store.put_once(key, content, content_type)
            except (StoreError, OSError) as error:
                # A failed attempt would lose what was paid for, and the next one would pay again.
                STORE_RETRIES.inc()
                note_waiting(waits=True)
                log.warning("llm_call.store_waiting", key=key, error=type(error).__name__)
                await asyncio.sleep(delay.total_seconds())
                delay = min(2 * delay, LONGEST_RETRY)
            else:
                note_waiting(waits=False)
                return ref


def _answer_key(report: ReportKey) -> str:
    return answer_key(report.tenant_id, report.workflow_id, report.revision)
