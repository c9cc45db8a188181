"""Asking the notifier about webhooks: request and reply over NATS."""

from datetime import timedelta
from typing import TypeVar

from nats.errors import Error as NatsError
from pydantic import ValidationError

from contracts.model import WireModel
from contracts.webhooks import RequestRefused
from gateway.connections import BusLink
from runtime.bus import BusUnavailableError

REPLY_TIMEOUT = timedelta(seconds=3)

AnswerT = TypeVar("AnswerT", bound=WireModel)


class NotifierUnavailableError(Exception):
    """The notifier did not answer; whether it did what was asked is unknown."""


class NotifierRefusedError(Exception):
    """The notifier will not do what was asked; `refusal` says why."""

    def __init__(self, refusal: RequestRefused) -> None:
        super().__init__(refusal.detail)
        self.refusal = refusal


class Notifier:
    """The notifier's request subjects of `contracts.webhooks`."""

    def __init__(self, link: BusLink) -> None:
        self._link = link

    async def ask(self, subject: str, request: WireModel, answer: type[AnswerT]) -> AnswerT:
        """Send a request and read its answer.

        Raises:
            NotifierUnavailableError: no answer in time, or nobody listens.
            NotifierRefusedError: the answer is a refusal.

        """
        payload = request.model_dump_json().encode()
        try:
            reply = await self._link.bus.nats.request(subject, payload, timeout=REPLY_TIMEOUT.total_seconds())
        except (NatsError, OSError, BusUnavailableError) as error:
            raise NotifierUnavailableError(type(error).__name__) from error
        try:
            return answer.model_validate_json(reply.data)
        except ValidationError:
            raise NotifierRefusedError(RequestRefused.model_validate_json(reply.data)) from None
