"""The connection to NATS, and publishing that is either confirmed by a stream or says that it was not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import nats
import structlog
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import PubAck, RawStreamMsg
from nats.js.errors import APIError, NotFoundError

from contracts.model import WireModel
from contracts.subjects import Subject
from runtime.settings import EnvironmentSettings

PUBLISH_TIMEOUT = timedelta(seconds=2)
CLOSE_TIMEOUT = timedelta(seconds=2)
RECONNECT_WAIT = timedelta(milliseconds=250)
# A peer that stopped answering is given up after two missed pings.
PING_INTERVAL = timedelta(seconds=5)

_WRONG_LAST_SEQUENCE = 10071

PayloadT = TypeVar("PayloadT", bound=WireModel)

log = structlog.get_logger(__name__)


class BusSettings(EnvironmentSettings):
    """`NATS_URL`, comma-separated for a cluster."""

    nats_url: str = "nats://127.0.0.1:4222"


class BusUnavailableError(Exception):
    """The stream did not confirm; whether it holds the message is unknown."""


class SubjectTakenError(Exception):
    """Another message already stands on a subject that takes only one."""


@dataclass(frozen=True, slots=True)
class Bus:
    """An open connection; a publish is given up, its outcome unknown, after `publish_timeout`."""

    nats: Client
    jetstream: JetStreamContext
    publish_timeout: timedelta

    async def publish(
        self,
        subject: Subject[PayloadT],
        payload: PayloadT,
        *,
        message_id: str,
    ) -> PubAck:
        """Publish and wait until the stream has stored the message; `message_id` makes a repeat harmless.

        Raises:
            BusUnavailableError: not confirmed in time; the outcome is unknown.

        """
        return await self._publish(subject, payload, {"Nats-Msg-Id": message_id})

    async def publish_first(self, subject: Subject[PayloadT], payload: PayloadT) -> PubAck:
        """Publish only if no message stands on the subject yet, and wait until it is stored.

        Raises:
            SubjectTakenError: a message is already there.
            BusUnavailableError: not confirmed in time; the outcome is unknown.

        """
        return await self._publish(subject, payload, {"Nats-Expected-Last-Subject-Sequence": "0"})

    async def last(self, subject: Subject[PayloadT]) -> RawStreamMsg | None:
        """Read the newest message on a subject; None when there is none.

        Raises:
            BusUnavailableError: the stream does not answer.

        """
        try:
            return await self.jetstream.get_last_msg(subject.stream, subject.name)
        except NotFoundError:
            return None
        except (NatsError, OSError) as error:
            raise BusUnavailableError(type(error).__name__) from error

    async def _publish(
        self, subject: Subject[PayloadT], payload: PayloadT, headers: dict[str, str]
    ) -> PubAck:
        try:
            return await self.jetstream.publish(
                subject.name,
                payload.model_dump_json(exclude_none=True).encode(),
                timeout=self.publish_timeout.total_seconds(),
                stream=subject.stream,
                headers=headers,
            )
        except APIError as error:
            if error.err_code == _WRONG_LAST_SEQUENCE:
                raise SubjectTakenError(subject.name) from error
            raise BusUnavailableError(f"{subject.stream}: {error}") from error
        except (NatsError, OSError) as error:
            raise BusUnavailableError(f"{subject.stream}: {type(error).__name__}") from error

    async def publish_unconfirmed(self, subject: Subject[PayloadT], payload: PayloadT) -> bool:
        """Publish without waiting; False when there is no connection. For text whose loss costs nothing."""
        try:
            await self.nats.publish(subject.name, payload.model_dump_json(exclude_none=True).encode())
        except (NatsError, OSError):
            return False
        return True

    def is_connected(self) -> bool:
        """Tell whether the connection stands at this moment."""
        return self.nats.is_connected

    async def check(self) -> None:
        """Raise unless the server answers."""
        await self.jetstream.account_info()


@asynccontextmanager
async def connect(
    settings: BusSettings, *, name: str, publish_timeout: timedelta = PUBLISH_TIMEOUT
) -> AsyncIterator[Bus]:
    """Open a connection, waiting for the server as long as it takes, and close it at the end."""
    client = await nats.connect(
        settings.nats_url.split(","),
        name=name,
        error_cb=_on_error,
        max_reconnect_attempts=-1,
        reconnect_time_wait=RECONNECT_WAIT.total_seconds(),
        ping_interval=int(PING_INTERVAL.total_seconds()),
        # Nothing is kept for later: a publish that failed must not appear on its own after a reconnect.
        pending_size=0,
    )
    try:
        yield Bus(client, client.jetstream(timeout=publish_timeout.total_seconds()), publish_timeout)
    finally:
        try:
            await asyncio.wait_for(client.close(), CLOSE_TIMEOUT.total_seconds())
        except (NatsError, OSError, TimeoutError):
            log.warning("bus.close_failed")


async def _on_error(error: Exception) -> None:
    log.warning("bus.connection_error", error=repr(error))
