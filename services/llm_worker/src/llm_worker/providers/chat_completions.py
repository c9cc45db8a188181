"""The Chat Completions API, which nearly every compatible server offers."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from openai import AsyncOpenAI, Timeout
from openai.types.chat import (
    ChatCompletionAssistantMessageParam,
    ChatCompletionMessageParam,
    ChatCompletionSystemMessageParam,
    ChatCompletionUserMessageParam,
)
from pydantic import BaseModel, ConfigDict

from contracts.failures import FailureCode
from contracts.reports import TokenUsage
from llm_worker.providers.faults import CLIENT_ERRORS, ProviderFaultError, fault_of
from llm_worker.providers.provider import Finished, Message, Provider, TextPiece
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
    model: str | None = None
    choices: list[_Choice]
    usage: _Usage | None = None


@asynccontextmanager
async def open_chat_completions(settings: LlmSettings) -> AsyncIterator["ChatCompletions"]:
    """Open the client; its connections close with the context."""
    silence = (
        settings.llm_idle_timeout_seconds if settings.llm_stream else settings.llm_answer_timeout_seconds
    )
    async with AsyncOpenAI(
        api_key=settings.openai_api_key.get_secret_value(),
        base_url=settings.openai_base_url,
        max_retries=0,  # Temporal retries: it knows the policy, and its attempts are seen
        timeout=Timeout(silence, connect=settings.llm_connect_timeout_seconds),
    ) as client:
        yield ChatCompletions(client, settings)


class ChatCompletions(Provider):
    """One endpoint and model; streams unless told not to."""

    def __init__(self, client: AsyncOpenAI, settings: LlmSettings) -> None:
        self._client = client
        self._settings = settings

    async def answer(self, messages: tuple[Message, ...]) -> AsyncGenerator[TextPiece | Finished, None]:
        """Make one call; see `Provider.answer`."""
        parts = self._stream(messages) if self._settings.llm_stream else self._whole(messages)
        finish_reason: str | None = None
        model, usage = self._settings.llm_model, None
        try:
            async for part in parts:
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
                FailureCode.PROVIDER_UNAVAILABLE, "the stream ended too early", retryable=True
            )
        yield Finished(model, finish_reason, _token_usage(usage))

    async def _stream(self, messages: tuple[Message, ...]) -> AsyncGenerator[_Answer, None]:
        async with await self._client.chat.completions.create(
            model=self._settings.llm_model,
            messages=[_param(message) for message in messages],
            stream=True,
            stream_options={"include_usage": True},
            extra_body=self._options(),
        ) as stream:
            async for chunk in stream:
                yield _Answer.model_validate(chunk)

    async def _whole(self, messages: tuple[Message, ...]) -> AsyncGenerator[_Answer, None]:
        completion = await self._client.chat.completions.create(
            model=self._settings.llm_model,
            messages=[_param(message) for message in messages],
            extra_body=self._options(),
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
