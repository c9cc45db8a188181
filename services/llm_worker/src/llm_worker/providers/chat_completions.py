"""The Chat Completions API, which nearly every compatible server offers."""

from collections.abc import AsyncGenerator
from typing import Any

from openai import AsyncOpenAI
from openai.types.chat import (
    ChatCompletionAssistantMessageParam,
    ChatCompletionMessageParam,
    ChatCompletionSystemMessageParam,
    ChatCompletionUserMessageParam,
)
from pydantic import BaseModel, ConfigDict

from contracts.failures import FailureCode
from contracts.reports import TokenUsage
from llm_worker.bills import Outcome
from llm_worker.providers.faults import CLIENT_ERRORS, ProviderFaultError, fault_of
from llm_worker.providers.provider import Answer, Api, Finished, Message, Opened, Provider, TextPiece
from llm_worker.settings import LlmSettings


class _Part(BaseModel):
    """The client builds its models unchecked; these check the few fields that are used."""

    model_config = ConfigDict(from_attributes=True)


class _Text(_Part):
    content: str | None = None


class _Choice(_Part):
    delta: _Text | None = None
    message: _Text | None = None
    finish_reason: str | None = None


class _Usage(_Part):
    prompt_tokens: int
    completion_tokens: int


class _Answer(_Part):
    id: str | None = None
    model: str | None = None
    choices: list[_Choice]
    usage: _Usage | None = None


class ChatCompletions(Provider):
    """One endpoint and model; streams unless told not to."""

    api = Api.CHAT_COMPLETIONS

    def __init__(self, client: AsyncOpenAI, settings: LlmSettings) -> None:
        self._client = client
        self._settings = settings

    async def answer(self, messages: tuple[Message, ...], key: str) -> Answer:
        """Make one call; see `Provider.answer`."""
        ask = self._stream if self._settings.llm_stream else self._whole
        parts = ask(messages, {"Idempotency-Key": key})
        finish_reason: str | None = None
        model, usage, opened = self._settings.llm_model, None, False
        try:
            async for part in parts:
                if part.id and not opened:
                    opened = True
                    yield Opened(part.id, resumable=False)
                model = part.model or model
                usage = part.usage or usage
                for choice in part.choices[:1]:
                    finish_reason = choice.finish_reason or finish_reason
                    content = (choice.delta or choice.message or _Text()).content
                    if content:
                        yield TextPiece(content)
        except CLIENT_ERRORS as error:
            raise fault_of(error) from error
        finally:
            await parts.aclose()
        if finish_reason is None:
            raise ProviderFaultError(
                FailureCode.PROVIDER_UNAVAILABLE,
                "the stream ended too early",
                retryable=True,
                outcome=Outcome.CUT,
            )
        yield Finished(model, finish_reason, _token_usage(usage))

    async def _stream(
        self, messages: tuple[Message, ...], headers: dict[str, str]
    ) -> AsyncGenerator[_Answer, None]:
        async with await self._client.chat.completions.create(
            model=self._settings.llm_model,
            messages=[_param(message) for message in messages],
            stream=True,
            stream_options={"include_usage": True},
            extra_body=self._options(),
            extra_headers=headers,
        ) as stream:
            async for chunk in stream:
                yield _Answer.model_validate(chunk)

    async def _whole(
        self, messages: tuple[Message, ...], headers: dict[str, str]
    ) -> AsyncGenerator[_Answer, None]:
        completion = await self._client.chat.completions.create(
            model=self._settings.llm_model,
            messages=[_param(message) for message in messages],
            extra_body=self._options(),
            extra_headers=headers,
        )
        yield _Answer.model_validate(completion)

    def _options(self) -> dict[str, Any]:
        settings = self._settings
        # OpenAI's newer models refuse `max_tokens`; many compatible servers know no other name.
        limit = "max_completion_tokens" if settings.openai_base_url is None else "max_tokens"
        options: dict[str, Any] = {limit: settings.llm_max_output_tokens}
        if settings.llm_temperature is not None:
            options["temperature"] = settings.llm_temperature
        return options


def _param(message: Message) -> ChatCompletionMessageParam:
    match message.role:
        case "system":
            return ChatCompletionSystemMessageParam(role="system", content=message.content)
        case "user":
            return ChatCompletionUserMessageParam(role="user", content=message.content)
        case "assistant":
            return ChatCompletionAssistantMessageParam(role="assistant", content=message.content)


def _token_usage(usage: _Usage | None) -> TokenUsage | None:
    if usage is None:
        return None
    return TokenUsage(input_tokens=usage.prompt_tokens, output_tokens=usage.completion_tokens)
