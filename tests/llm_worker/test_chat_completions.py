"""Protects the call itself: what is read from a real HTTP answer, and what each fault is taken for."""

from contextlib import aclosing
from datetime import timedelta

import pytest

from contracts.failures import FailureCode
from contracts.reports import TokenUsage
from llm_worker.providers.choice import open_providers
from llm_worker.providers.faults import ProviderFaultError
from llm_worker.providers.provider import Finished, Message, Opened, TextPiece
from llm_worker.settings import LlmSettings
from tests.llm_simulator import Behaviour, Event, Fault, LlmSimulator, sample_report

QUESTION = "What caused the decline of the Aral Sea?"
MESSAGES = (Message("user", QUESTION),)


async def answer_of(settings: LlmSettings) -> tuple[str, Finished]:
    async with open_providers(settings) as providers:
        items = [item async for item in providers.chat.answer(MESSAGES, "key")]
    last = items.pop()
    assert isinstance(last, Finished)
    return "".join(item.text for item in items if isinstance(item, TextPiece)), last


@pytest.fixture(params=[True, False], ids=["streamed", "whole"])
def either_way(settings: LlmSettings, request: pytest.FixtureRequest) -> LlmSettings:
    return settings.model_copy(update={"llm_stream": request.param})


async def test_the_text_the_usage_and_the_model_that_answered_are_read(
    simulator: LlmSimulator, either_way: LlmSettings
) -> None:
    await simulator.script(Behaviour(model="answered-2026"))
    text, finished = await answer_of(either_way)
    report = sample_report(QUESTION)
    assert text == report
    usage = TokenUsage(input_tokens=-(-len(QUESTION) // 4), output_tokens=-(-len(report) // 4))
    assert finished == Finished("answered-2026", "stop", usage)


async def test_a_server_that_does_not_count_tokens_is_read_all_the_same(
    simulator: LlmSimulator, either_way: LlmSettings
) -> None:
    await simulator.script(Behaviour(usage=False, text="short"))
    assert await answer_of(either_way) == ("short", Finished("asked-for", "stop", None))


async def test_the_token_limit_is_sent_and_its_effect_is_reported(either_way: LlmSettings) -> None:
    text, finished = await answer_of(either_way.model_copy(update={"llm_max_output_tokens": 5}))
    assert (len(text), finished.finish_reason) == (20, "length")


async def test_closing_the_answer_ends_the_call_at_the_provider(
    simulator: LlmSimulator, settings: LlmSettings
) -> None:
    await simulator.script(Behaviour(fault=Fault.STALL, after_chunks=1))
    async with (
        open_providers(settings) as providers,
        aclosing(providers.chat.answer(MESSAGES, "key")) as answer,
    ):
        assert isinstance(await anext(answer), Opened)
        assert isinstance(await anext(answer), TextPiece)
        await simulator.wait_for(Event.HELD)
    assert (await simulator.wait_for(Event.BILLED))[-1].outcome == "abandoned"


RATE_LIMIT = Behaviour(fault=Fault.STATUS, status=429, retry_after="7")
NO_CREDIT = Behaviour(fault=Fault.STATUS, status=429, error_code="insufficient_quota", retry_after="7")
LONG_PROMPT = Behaviour(fault=Fault.STATUS, status=400, error_code="context_length_exceeded")


@pytest.mark.parametrize(
    ("behaviour", "code", "retryable", "wait"),
    [
        (RATE_LIMIT, FailureCode.PROVIDER_RATE_LIMITED, True, timedelta(seconds=7)),
        (NO_CREDIT, FailureCode.PROVIDER_REJECTED_KEY, False, None),
        (LONG_PROMPT, FailureCode.CONTEXT_TOO_LONG, False, None),
        *(
            (Behaviour(fault=Fault.STATUS, status=status), code, retryable, None)
            for status, code, retryable in [
                (400, FailureCode.PROVIDER_REJECTED_REQUEST, False),
                (401, FailureCode.PROVIDER_REJECTED_KEY, False),
                (402, FailureCode.PROVIDER_REJECTED_KEY, False),
                (403, FailureCode.PROVIDER_REJECTED_KEY, False),
                (404, FailureCode.MODEL_NOT_FOUND, False),
                (408, FailureCode.PROVIDER_UNAVAILABLE, True),
                (409, FailureCode.PROVIDER_UNAVAILABLE, True),
                (413, FailureCode.CONTEXT_TOO_LONG, False),
                (418, FailureCode.PROVIDER_REJECTED_REQUEST, False),
                (422, FailureCode.PROVIDER_REJECTED_REQUEST, False),
                (429, FailureCode.PROVIDER_RATE_LIMITED, True),
                (500, FailureCode.PROVIDER_UNAVAILABLE, True),
                (503, FailureCode.PROVIDER_UNAVAILABLE, True),
                (529, FailureCode.PROVIDER_UNAVAILABLE, True),
            ]
        ),
        (Behaviour(fault=Fault.CUT), FailureCode.PROVIDER_UNAVAILABLE, True, None),
        (Behaviour(fault=Fault.CUT, after_chunks=0), FailureCode.PROVIDER_UNAVAILABLE, True, None),
        (Behaviour(fault=Fault.GARBAGE), FailureCode.PROVIDER_ANSWER_INVALID, True, None),
        (Behaviour(fault=Fault.ERROR_EVENT), FailureCode.PROVIDER_UNAVAILABLE, True, None),
    ],
    ids=lambda value: f"{value.fault}-{value.status}" if isinstance(value, Behaviour) else "",
)
async def test_faults_are_classified(  # noqa: PLR0917 - fixtures, and the columns of the table
    simulator: LlmSimulator,
    either_way: LlmSettings,
    behaviour: Behaviour,
    code: FailureCode,
    retryable: bool,  # noqa: FBT001 - a column of the table
    wait: timedelta | None,
) -> None:
    await simulator.script(behaviour)
    with pytest.raises(ProviderFaultError) as raised:
        await answer_of(either_way)
    fault = raised.value
    assert (fault.code, fault.retryable, fault.wait) == (code, retryable, wait)
    assert await simulator.calls() == 1


async def test_a_context_error_inside_the_stream_is_final(
    simulator: LlmSimulator, settings: LlmSettings
) -> None:
    await simulator.script(Behaviour(fault=Fault.ERROR_EVENT, error_code="context_length_exceeded"))
    with pytest.raises(ProviderFaultError) as raised:
        await answer_of(settings)
    assert (raised.value.code, raised.value.retryable) == (FailureCode.CONTEXT_TOO_LONG, False)


@pytest.mark.parametrize("fault", [Fault.HANG, Fault.STALL])
async def test_a_provider_that_falls_silent_is_noticed(
    simulator: LlmSimulator, settings: LlmSettings, fault: Fault
) -> None:
    """The simulator would wait for ever: only the idle timeout can end this call."""
    await simulator.script(Behaviour(fault=fault))
    with pytest.raises(ProviderFaultError) as raised:
        await answer_of(settings.model_copy(update={"llm_idle_timeout_seconds": 0.1}))
    assert (raised.value.code, raised.value.retryable) == (FailureCode.PROVIDER_UNAVAILABLE, True)
    assert (await simulator.wait_for(Event.BILLED))[-1].outcome == "abandoned"


async def test_nobody_listening_is_a_reason_to_try_again(settings: LlmSettings) -> None:
    async with LlmSimulator() as gone:
        base_url = gone.base_url
    with pytest.raises(ProviderFaultError) as raised:
        await answer_of(settings.model_copy(update={"openai_base_url": base_url}))
    assert (raised.value.code, raised.value.retryable) == (FailureCode.PROVIDER_UNAVAILABLE, True)
