"""Protects the call in the background: what is read of a response, however often its stream breaks."""

from contextlib import AsyncExitStack

import pytest

from contracts.failures import FailureCode
from contracts.reports import TokenUsage
from llm_worker.bills import Outcome
from llm_worker.providers.choice import OPENAI_HOST, open_providers, provider_host
from llm_worker.providers.faults import BackgroundNotOfferedError, ProviderFaultError, ResponseGoneError
from llm_worker.providers.provider import BackgroundProvider, Finished, Message, Opened, TextPiece
from llm_worker.settings import LlmSettings
from tests.llm_simulator import Background, Behaviour, Event, Fault, LlmSimulator, sample_report

QUESTION = "What caused the decline of the Aral Sea?"
MESSAGES = (Message("user", QUESTION),)
REPORT = sample_report(QUESTION)
USAGE = TokenUsage(input_tokens=-(-len(QUESTION) // 4), output_tokens=-(-len(REPORT) // 4))


async def answer_of(settings: LlmSettings) -> tuple[list[Opened], str, Finished]:
    async with open_providers(settings) as providers:
        items = [item async for item in providers.background.answer(MESSAGES, "the-key")]
    last = items.pop()
    assert isinstance(last, Finished)
    opened = [item for item in items if isinstance(item, Opened)]
    return opened, "".join(item.text for item in items if isinstance(item, TextPiece)), last


@pytest.mark.parametrize(
    ("behaviour", "streamed"),
    [
        (Behaviour(), True),
        (Behaviour(), False),
        (Behaviour(fault=Fault.CUT, after_chunks=0), True),
        (Behaviour(fault=Fault.CUT, after_chunks=3, chunk_delay=0.002), True),
        (Behaviour(fault=Fault.GARBAGE), True),
        (Behaviour(fault=Fault.MUTE, chunk_delay=0.002), True),
    ],
    ids=lambda value: str(value.fault) if isinstance(value, Behaviour) else str(value),
)
async def test_the_whole_answer_is_read_once_and_billed_once(
    simulator: LlmSimulator,
    settings: LlmSettings,
    behaviour: Behaviour,
    streamed: bool,  # noqa: FBT001 - a parameter
) -> None:
    await simulator.script(behaviour)
    patient = settings.model_copy(update={"llm_idle_timeout_seconds": 0.5, "llm_stream": streamed})
    opened, text, finished = await answer_of(patient)
    asked, created, *_ = await simulator.wait_for(Event.BILLED)
    assert opened == [Opened(created.response_id or "", resumable=True)]
    assert (text, finished) == (REPORT, Finished("asked-for", "stop", USAGE))
    assert asked.idempotency_key == "the-key"
    assert await simulator.calls() == 1


async def test_the_token_limit_is_sent_and_its_effect_is_reported(settings: LlmSettings) -> None:
    _, text, finished = await answer_of(settings.model_copy(update={"llm_max_output_tokens": 20}))
    assert (len(text), finished.finish_reason) == (80, "length")


async def test_what_was_begun_is_read_again_from_its_first_character(
    simulator: LlmSimulator, settings: LlmSettings
) -> None:
    _, text, finished = await answer_of(settings)
    created = (await simulator.wait_for(Event.CREATED))[-1]
    async with open_providers(settings) as providers:
        items = [item async for item in providers.background.resume(created.response_id or "")]
    assert items == [TextPiece(text), finished]


@pytest.mark.parametrize(
    ("behaviour", "code", "retryable", "outcome"),
    [
        (
            Behaviour(fault=Fault.STATUS, status=401),
            FailureCode.PROVIDER_REJECTED_KEY,
            False,
            Outcome.REJECTED,
        ),
        (
            Behaviour(fault=Fault.STATUS, status=404, error_code="model_not_found"),
            FailureCode.MODEL_NOT_FOUND,
            False,
            Outcome.REJECTED,
        ),
        (
            Behaviour(fault=Fault.STATUS, status=400, error_code="context_length_exceeded"),
            FailureCode.CONTEXT_TOO_LONG,
            False,
            Outcome.REJECTED,
        ),
        (
            Behaviour(fault=Fault.STATUS, status=429),
            FailureCode.PROVIDER_RATE_LIMITED,
            True,
            Outcome.RATE_LIMITED,
        ),
        (
            Behaviour(fault=Fault.STATUS, status=500),
            FailureCode.PROVIDER_UNAVAILABLE,
            True,
            Outcome.UNAVAILABLE,
        ),
        (Behaviour(fault=Fault.ERROR_EVENT), FailureCode.PROVIDER_UNAVAILABLE, True, Outcome.CUT),
        (
            Behaviour(fault=Fault.ERROR_EVENT, error_code="rate_limit_exceeded"),
            FailureCode.PROVIDER_RATE_LIMITED,
            True,
            Outcome.RATE_LIMITED,
        ),
        (
            Behaviour(fault=Fault.ERROR_EVENT, error_code="invalid_prompt"),
            FailureCode.PROVIDER_REJECTED_REQUEST,
            False,
            Outcome.REJECTED,
        ),
        (Behaviour(fault=Fault.HANG), FailureCode.PROVIDER_UNAVAILABLE, True, Outcome.CUT),
    ],
    ids=lambda value: f"{value.fault}-{value.status}" if isinstance(value, Behaviour) else "",
)
async def test_faults_are_classified(  # noqa: PLR0917 - fixtures, and the columns of the table
    simulator: LlmSimulator,
    settings: LlmSettings,
    behaviour: Behaviour,
    code: FailureCode,
    retryable: bool,  # noqa: FBT001 - a column of the table
    outcome: Outcome,
) -> None:
    await simulator.script(behaviour)
    with pytest.raises(ProviderFaultError) as raised:
        await answer_of(settings.model_copy(update={"llm_idle_timeout_seconds": 0.5}))
    fault = raised.value
    assert (fault.code, fault.retryable, fault.outcome) == (code, retryable, outcome)
    assert not fault.resumable
    assert await simulator.calls() == 1


async def test_a_response_that_writes_no_more_is_stopped_at_the_provider(
    simulator: LlmSimulator, settings: LlmSettings
) -> None:
    """The simulator would wait for ever: only the idle timeout can end this call."""
    await simulator.script(Behaviour(fault=Fault.STALL))
    with pytest.raises(ProviderFaultError) as raised:
        await answer_of(settings.model_copy(update={"llm_idle_timeout_seconds": 0.1}))
    billed = (await simulator.wait_for(Event.BILLED))[-1]
    assert billed.outcome == "cancelled"
    assert raised.value.retryable
    assert not raised.value.resumable
    assert raised.value.usage == TokenUsage(
        input_tokens=billed.prompt_tokens, output_tokens=billed.completion_tokens
    )


async def test_a_provider_that_goes_away_while_it_writes_is_for_the_next_attempt(
    settings: LlmSettings,
) -> None:
    async with AsyncExitStack() as stack:
        leaving = await stack.enter_async_context(LlmSimulator())
        await leaving.script(Behaviour(fault=Fault.STALL))
        there = settings.model_copy(update={"openai_base_url": leaving.base_url})
        async with open_providers(there) as providers:
            answer = providers.background.answer(MESSAGES, "key")
            assert isinstance(await anext(answer), Opened)
            await leaving.wait_for(Event.HELD)
            await stack.aclose()
            with pytest.raises(ProviderFaultError) as raised:
                [item async for item in answer]
    assert raised.value.resumable


async def test_a_response_that_the_provider_no_longer_has_is_named(
    simulator: LlmSimulator, settings: LlmSettings
) -> None:
    await simulator.script(Behaviour(fault=Fault.EXPIRE))
    with pytest.raises(ResponseGoneError):
        await answer_of(settings)


REFUSALS = [
    Behaviour(background=Background.REFUSED),
    Behaviour(fault=Fault.STATUS, status=404),
    Behaviour(fault=Fault.STATUS, status=422),
]


@pytest.mark.parametrize("behaviour", REFUSALS, ids=lambda b: f"{b.background}-{b.status}")
async def test_an_endpoint_that_does_not_offer_it_says_so_once(
    simulator: LlmSimulator, settings: LlmSettings, behaviour: Behaviour
) -> None:
    await simulator.script(behaviour)
    with pytest.raises(BackgroundNotOfferedError):
        await answer_of(settings)


@pytest.mark.parametrize(
    ("base_url", "api", "host", "background"),
    [
        (None, "auto", OPENAI_HOST, True),
        ("https://api.openai.com/v1", "auto", OPENAI_HOST, True),
        ("https://models.example:8443/v1", "auto", "models.example:8443", False),
        ("https://models.example/v1", "responses", "models.example", True),
        (None, "chat_completions", OPENAI_HOST, False),
    ],
)
async def test_the_protocol_is_chosen_by_setting_and_host(
    base_url: str | None,
    api: str,
    host: str,
    background: bool,  # noqa: FBT001 - a column of the table
) -> None:
    settings = LlmSettings.model_validate(
        {"openai_api_key": "k", "openai_base_url": base_url, "llm_api": api}
    )
    assert provider_host(settings) == host
    async with open_providers(settings) as providers:
        assert isinstance(providers.preferred, BackgroundProvider) is background
