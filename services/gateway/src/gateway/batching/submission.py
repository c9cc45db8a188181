"""Accepting a batch: its rows in the artifact store, then one command on the bus that names them."""

import hashlib
from datetime import UTC, datetime

from obstore.exceptions import BaseError

from contracts.batches import BatchKey, BatchRows, SubmitBatch, batch_rows_key
from contracts.subjects import gateway_batch
from gateway.batching.parsing import BatchRequest
from gateway.commands import KeyReusedError, first_on
from gateway.connections import BusLink
from gateway.reading.documents import DocumentUnavailableError
from runtime import fault_points
from runtime.artifacts import ArtifactStore

JSON = "application/json"


class Submission:
    """Takes batches in; a batch that was taken in is neither lost nor made twice."""

    def __init__(self, link: BusLink, artifacts: ArtifactStore) -> None:
        self._link = link
        self._artifacts = artifacts

    async def submit(
        self, batch: BatchKey, request: BatchRequest, *, traceparent: str | None = None
    ) -> SubmitBatch:
        """Accept a batch and give the command that stands for its id, this or an equal earlier one.

        Raises:
            DocumentUnavailableError: the rows could not be stored; nothing was accepted.
            OutcomeUnknownError: the bus did not confirm; repeating with the same id is safe.
            KeyReusedError: another batch stands for this id.

        """
        content = BatchRows(rows=request.rows()).model_dump_json().encode()
        try:
            rows = await self._artifacts.put_once(batch_rows_key(batch), content, JSON)
        except (OSError, BaseError) as error:
            raise DocumentUnavailableError(type(error).__name__) from error
        if rows.sha256 != hashlib.sha256(content).hexdigest():
            raise KeyReusedError(batch.batch_id)
        await fault_points.reach("gateway.batch_stored")
        command = SubmitBatch(
            **batch.model_dump(),
            name=request.name,
            requested_by=request.requested_by,
            rows=rows,
            total=len(request.prompts),
            requested_at=datetime.now(UTC),
            traceparent=traceparent,
        )
        return await first_on(self._link, gateway_batch(batch.batch_id), command)
