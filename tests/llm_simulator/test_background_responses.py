"""Protects the tests of re-attachment: a response goes on alone, is billed once, and can be had again."""

from collections.abc import AsyncIterator

import openai
import pytest
from openai import AsyncOpenAI, AsyncStream
from openai.types.responses import ResponseCompletedEvent, ResponseStreamEvent, ResponseTextDeltaEvent

from tests.llm_simulator import Background, Behaviour, Event, Fault, LlmSimulator, sample_report

QUESTION = "What caused the decline of the Aral Sea?"


@pytest.fixture
async def simulator() -> AsyncIterator[LlmSimulator]:
    async with LlmSimulator() as running:
        yield running


@pytest.fixture
async def client(simulator: LlmSimulator) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=simulator.base_url, api_key="k", max_retries=0) as opened:
        yield opened


async def create(client: AsyncOpenAI) -> AsyncStream[ResponseStreamEvent]:
    return await client.responses.create(model="m", input=QUESTION, background=True, store=True, stream=True)


async def test_a_response_whose_reader_left_is_finished_billed_once_and_retrieved_without_a_gap(
    simulator: LlmSimulator, client: AsyncOpenAI
) -> None:
    await simulator.script(Behaviour(fault=Fault.STALL, after_chunks=2))
    text, last = "", -1
    async with await create(client) as stream:
        async for event in stream:
            last = event.sequence_number
            text += event.delta if isinstance(event, ResponseTextDeltaEvent) else ""
            if len(text) == 64:
                break
    await simulator.release()
    asked, created, _, billed = await simulator.wait_for(Event.BILLED)
    assert (asked.event, created.event, billed.outcome) == (Event.ASKED, Event.CREATED, "answered")
    assert created.response_id is not None
    rest = [
        event
        async for event in await client.responses.retrieve(
            created.response_id, stream=True, starting_after=last
        )
    ]
    assert [event.sequence_number for event in rest] == list(range(last + 1, last + 1 + len(rest)))
    text += "".join(event.delta for event in rest if isinstance(event, ResponseTextDeltaEvent))
    assert text == sample_report(QUESTION)
    assert isinstance(rest[-1], ResponseCompletedEvent)
    whole = await client.responses.retrieve(created.response_id)
    assert (whole.status, whole.output_text) == ("completed", text)
    assert whole.usage is not None
    assert whole.usage.output_tokens == billed.completion_tokens
    assert await simulator.calls() == 1


async def test_a_cancelled_response_is_billed_for_what_was_written(
    simulator: LlmSimulator, client: AsyncOpenAI
) -> None:
    await simulator.script(Behaviour(fault=Fault.STALL, after_chunks=2))
    async with await create(client) as stream:
        created = await anext(stream)
        assert created.type == "response.created"
        assert created.response.background is True
        await simulator.wait_for(Event.HELD)
        cancelled = await client.responses.cancel(created.response.id)
    assert cancelled.status == "cancelled"
    billed = (await simulator.wait_for(Event.BILLED))[-1]
    assert (billed.outcome, billed.completion_tokens) == ("cancelled", 16)


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.EXPIRE])
async def test_a_cut_stream_can_be_had_again_unless_the_response_has_expired(
    simulator: LlmSimulator, client: AsyncOpenAI, fault: Fault
) -> None:
    await simulator.script(Behaviour(fault=fault, after_chunks=1))
    with pytest.raises(openai.APIConnectionError):
        [event async for event in await create(client)]
    created = (await simulator.wait_for(Event.BILLED))[1]
    assert created.response_id is not None
    if fault is Fault.EXPIRE:
        with pytest.raises(openai.NotFoundError):
            await client.responses.retrieve(created.response_id)
    else:
        assert (await client.responses.retrieve(created.response_id)).status == "completed"


async def test_background_can_be_refused_or_without_effect(
    simulator: LlmSimulator, client: AsyncOpenAI
) -> None:
    await simulator.script(Behaviour(background=Background.REFUSED), Behaviour(background=Background.IGNORED))
    with pytest.raises(openai.BadRequestError) as refused:
        await create(client)
    assert refused.value.param == "background"
    async with await create(client) as stream:
        created = await anext(stream)
    assert created.type == "response.created"
    assert not created.response.background
    with pytest.raises(openai.NotFoundError):
        await client.responses.retrieve(created.response.id)
