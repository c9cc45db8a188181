"""Which protocol is spoken: as the settings say, and as the endpoint turns out to be able to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog
from openai import AsyncOpenAI, Timeout

from llm_worker.providers.chat_completions import ChatCompletions
from llm_worker.providers.provider import BackgroundProvider, Provider
from llm_worker.providers.responses import BackgroundResponses
from llm_worker.settings import ApiChoice, LlmSettings

OPENAI_HOST = "api.openai.com"

log = structlog.get_logger(__name__)


@dataclass
class Providers:
    """One endpoint by each protocol that it may be spoken to in."""

    chat: Provider
    background: BackgroundProvider
    background_preferred: bool

    @property
    def preferred(self) -> Provider:
        """The protocol for the next call."""
        return self.background if self.background_preferred else self.chat

    def give_up_background(self) -> None:
        """Remember, for as long as this process lives, that the endpoint cannot write in the background."""
        if self.background_preferred:
            log.warning("provider.background_not_offered")
        self.background_preferred = False


@asynccontextmanager
async def open_providers(settings: LlmSettings) -> AsyncIterator[Providers]:
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
        yield Providers(
            ChatCompletions(client, settings),
            BackgroundResponses(client, settings),
            background_preferred=_prefers_background(settings),
        )


def provider_host(settings: LlmSettings) -> str:
    """Name the endpoint by host and port, as the ledger does."""
    return (
        urlsplit(settings.openai_base_url).netloc.rpartition("@")[2]
        if settings.openai_base_url
        else OPENAI_HOST
    )


def _prefers_background(settings: LlmSettings) -> bool:
    if settings.llm_api == ApiChoice.AUTO:
        return provider_host(settings) == OPENAI_HOST
    return settings.llm_api == ApiChoice.RESPONSES
