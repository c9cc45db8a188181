"""What happens to all reports of a tenant, for lists and notifications."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncGenerator

import structlog

from gateway.listing import ListedReport
from gateway.live.hub import Hub, Viewer
from gateway.live.streams import KEEP_ALIVE, KEEP_ALIVE_INTERVAL, RECONNECT_AFTER
from gateway.live.viewing import Message
from gateway.metrics import VIEWERS
from gateway.reading.database import RecordsUnavailableError
from gateway.reading.records import Records

# A step that begins or ends within a running report changes nothing that a list shows.
UNSEEN = frozenset({"progress"})
# A listener that is further behind is sent away, comes back and reads the list anew.
BACKLOG = 500
GO_AWAY = b""

log = structlog.get_logger(__name__)


class Overview:
    """Reads a report's row once for each event, however many listen, and not at all when nobody does."""

    def __init__(self, hub: Hub, records: Records) -> None:
        self._hub = hub
        self._records = records
        self._listeners: dict[str, set[asyncio.Queue[bytes]]] = defaultdict(set)

    async def run(self) -> None:
        """Pass events on until cancelled."""
        while True:
            with self._hub.onlooker() as onlooker:
                await self._pass_on(onlooker)
            self.close()

    async def watch(self, tenant_id: str) -> AsyncGenerator[bytes, None]:
        """Give SSE bytes until the listener is to come back."""
        queue: asyncio.Queue[bytes] = asyncio.Queue()
        self._listeners[tenant_id].add(queue)
        VIEWERS.inc()
        try:
            yield f"retry: {int(RECONNECT_AFTER.total_seconds() * 1000)}\n\n".encode()
            while True:
                try:
                    async with asyncio.timeout(KEEP_ALIVE_INTERVAL.total_seconds()):
                        message = await queue.get()
                except TimeoutError:
                    message = KEEP_ALIVE
                if message is GO_AWAY:
                    return
                yield message
        finally:
            VIEWERS.dec()
            self._listeners[tenant_id].discard(queue)

    def close(self) -> None:
        """Have every listener come back and read the list anew."""
        for listeners in self._listeners.values():
            for queue in listeners:
                queue.put_nowait(GO_AWAY)

    async def _pass_on(self, onlooker: Viewer) -> None:
        while not onlooker.is_behind:
            message = await onlooker.next(KEEP_ALIVE_INTERVAL)
            if message is not None and message.name not in UNSEEN and self._listeners.get(message.tenant_id):
                self._tell(message.tenant_id, await self._told(message))

    async def _told(self, message: Message) -> bytes:
        try:
            record = await self._records.find(message.tenant_id, message.workflow_id)
        except RecordsUnavailableError as error:
            log.info("overview.row_unread", workflow_id=message.workflow_id, error=str(error))
            record = None
        report = ListedReport.of_record(record).model_dump(mode="json") if record else None
        data = {"event": message.name, "workflow_id": message.workflow_id, "report": report}
        return f"event: report\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()

    def _tell(self, tenant_id: str, message: bytes) -> None:
        for queue in self._listeners[tenant_id]:
            if queue.qsize() < BACKLOG:
                queue.put_nowait(message)
            elif queue.qsize() == BACKLOG:
                queue.put_nowait(GO_AWAY)
