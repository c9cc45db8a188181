"""The Responses API in the background: the provider writes on when we are gone, and is asked for the rest."""

import asyncio
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import structlog
from openai import (
    APIStatusError,
    APITimeoutError,
    AsyncOpenAI,
    AsyncStream,
    BadRequestError,
    NotFoundError,
    omit,
)
from openai.types.responses import EasyInputMessageParam, ResponseStreamEvent

from contracts.failures import FailureCode
from contracts.reports import TokenUsage
from llm_worker.bills import Outcome
from llm_worker.metrics import REATTACHMENTS
from llm_worker.providers.faults import (
    CLIENT_ERRORS,
    CONTEXT_ERROR_CODES,
    BackgroundNotOfferedError,
    ProviderFaultError,
    ResponseGoneError,
    fault_of,
)
from llm_worker.providers.provider import (
    Answer,
    Api,
    BackgroundProvider,
    Finished,
    Message,
    Opened,
)
from llm_worker.providers.response_parts import Event, Place, Response
from llm_worker.settings import LlmSettings

POLL_INTERVAL = timedelta(seconds=1)
# Breaks in a row, without a word between them, after which the next attempt takes over …
MAX_BREAKS = 4
# … and silences, each of the idle timeout, after which a response is taken for hung.
MAX_SILENCES = 3
FIRST_RECONNECT = timedelta(milliseconds=100)
# The API refuses a smaller limit.
LEAST_OUTPUT_TOKENS = 16
MODEL_NOT_FOUND = "model_not_found"
_NO_SUCH_API = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED})
_NO_SUCH_PARAMETER = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY})
_BACKGROUND_PARAMETERS = frozenset({"background", "store"})

Begun = AsyncStream[ResponseStreamEvent] | Response

log = structlog.get_logger(__name__)


class BackgroundResponses(BackgroundProvider):
    """One endpoint and model."""

    api = Api.RESPONSES

    def __init__(self, client: AsyncOpenAI, settings: LlmSettings) -> None:
        self._client = client
        self._settings = settings
        self._proven = False

    async def answer(self, messages: tuple[Message, ...], key: str) -> Answer:
        """Make one call; see `Provider.answer`. A stream that breaks is taken up again within the call."""
        place = Place(self._settings.llm_model)
        try:
            begun = await self._create(messages, key)
        except CLIENT_ERRORS as error:
            if isinstance(error, APIStatusError) and self._is_not_offered(error):
                raise BackgroundNotOfferedError(type(error).__name__) from error
            raise fault_of(error) from error
        async with aclosing(self._follow(place, begun)) as items:
            async for item in items:
                self._proven = self._proven or (isinstance(item, Opened) and item.resumable)
                yield item

    async def resume(self, response_id: str) -> Answer:
        """Read an earlier answer from its first character; see `BackgroundProvider.resume`."""
        place = Place(self._settings.llm_model, response_id, resumable=True)
        async with aclosing(self._follow(place, None)) as items:
            async for item in items:
                yield item

    async def cancel(self, response_id: str) -> TokenUsage | None:
        """Have the provider stop; see `BackgroundProvider.cancel`."""
        responses = self._client.responses
        try:
            try:
                stopped = await responses.cancel(response_id)
            except BadRequestError:
                # What has ended cannot be stopped, but it can still be asked what it cost.
                stopped = await responses.retrieve(response_id)
            return Response.model_validate(stopped).billed
        except NotFoundError as error:
            raise ResponseGoneError(response_id) from error
        except CLIENT_ERRORS as error:
            raise fault_of(error) from error

    async def _create(self, messages: tuple[Message, ...], key: str) -> Begun:
        settings = self._settings
        options: dict[str, Any] = {}
        if settings.llm_temperature is not None:
            options["temperature"] = settings.llm_temperature
        begun = await self._client.responses.create(
            model=settings.llm_model,
            input=[EasyInputMessageParam(type="message", role=m.role, content=m.content) for m in messages],
            background=True,
            store=True,
            stream=settings.llm_stream,
            max_output_tokens=max(settings.llm_max_output_tokens, LEAST_OUTPUT_TOKENS),
            # Two ways to find a response whose id never reached us; the key is for those who honour it.
            metadata={"call": key},
            extra_headers={"Idempotency-Key": key},
            extra_body=options,
        )
        return begun if isinstance(begun, AsyncStream) else Response.model_validate(begun)

    async def _follow(self, place: Place, begun: Begun | None) -> Answer:
        trouble = _Trouble()
        while True:
            before = place.received
            silent = False
            try:
                async with aclosing(self._read(place, begun)) as items:
                    async for item in items:
                        yield item
                        if isinstance(item, Finished):
                            return
                fault = _broken_off()
            except CLIENT_ERRORS as error:
                silent = isinstance(error, APITimeoutError)
                fault = fault_of(error)
            except ProviderFaultError as error:
                fault = error
            begun = None
            trouble.note(progressed=place.received > before, silent=silent)
            await self._come_back_or_raise(place, fault, trouble)

    async def _come_back_or_raise(self, place: Place, fault: ProviderFaultError, trouble: "_Trouble") -> None:
        if place.response_id is None or not place.resumable or place.ended or not fault.retryable:
            raise fault
        if trouble.silences >= MAX_SILENCES:
            with suppress(ProviderFaultError, ResponseGoneError):
                fault.usage = await self.cancel(place.response_id)
            raise fault
        if fault.wait is not None or trouble.breaks >= MAX_BREAKS:
            fault.resumable = True
            raise fault
        log.info("response.reattaching", response_id=place.response_id, reason=str(fault))
        REATTACHMENTS.labels(by="same_attempt").inc()
        await asyncio.sleep(FIRST_RECONNECT.total_seconds() * 2**trouble.breaks)

    async def _read(self, place: Place, begun: Begun | None) -> Answer:
        """Read until the answer ends, or the stream does."""
        stream = begun if isinstance(begun, AsyncStream) else None
        if stream is None:
            response = begun if isinstance(begun, Response) else await self._retrieve(place)
            if opened := place.open(response):
                yield opened
            if not response.has_ended:
                stream = await self._stream_on(place)
            while stream is None and not response.has_ended:
                await asyncio.sleep(POLL_INTERVAL.total_seconds())
                response = await self._retrieve(place)
            if stream is None:
                for item in place.end(response):
                    yield item
                return
        async with stream:
            async for event in stream:
                for item in place.take(Event.model_validate(event)):
                    yield item

    async def _retrieve(self, place: Place) -> Response:
        assert place.response_id is not None  # noqa: S101 - nothing is retrieved before it was opened
        try:
            return Response.model_validate(await self._client.responses.retrieve(place.response_id))
        except NotFoundError as error:
            raise ResponseGoneError(place.response_id) from error

    async def _stream_on(self, place: Place) -> AsyncStream[ResponseStreamEvent] | None:
        """Stream what follows; None when the response can only be asked how far it is."""
        assert place.response_id is not None  # noqa: S101 - as above
        if not self._settings.llm_stream:
            return None
        after = omit if place.sequence is None else place.sequence
        try:
            return await self._client.responses.retrieve(place.response_id, stream=True, starting_after=after)
        except NotFoundError as error:
            raise ResponseGoneError(place.response_id) from error
        except BadRequestError:
            return None

    def _is_not_offered(self, error: APIStatusError) -> bool:
        if self._proven or {error.code, error.type} & (CONTEXT_ERROR_CODES | {MODEL_NOT_FOUND}):
            return False
        if error.status_code in _NO_SUCH_API:
            return True
        # OpenAI names the parameter; compatible servers may refuse it in any words.
        named = error.param in _BACKGROUND_PARAMETERS
        return error.status_code in _NO_SUCH_PARAMETER and (
            named or self._settings.openai_base_url is not None
        )


@dataclass
class _Trouble:
    """How often in a row an answer's stream has broken, without text between the breaks."""

    breaks: int = 0
    silences: int = 0

    def note(self, *, progressed: bool, silent: bool) -> None:
        self.breaks = 1 if progressed else self.breaks + 1
        self.silences = silent + (0 if progressed else self.silences)


def _broken_off() -> ProviderFaultError:
    return ProviderFaultError(
        FailureCode.PROVIDER_UNAVAILABLE,
        "the stream ended too early",
        retryable=True,
        outcome=Outcome.CUT,
    )
