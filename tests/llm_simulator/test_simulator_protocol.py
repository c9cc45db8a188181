"""Protects every suite that leans on the simulator: the official client can read all of its answers."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import openai
import pytest
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletionUserMessageParam
from openai.types.responses import ResponseCompletedEvent, ResponseTextDeltaEvent

from tests.llm_simulator import Behaviour, Event, Fault, LlmSimulator, SimulatorClient, sample_report

QUESTION = "What caused the decline of the Aral Sea?"
MESSAGES = [ChatCompletionUserMessageParam(role="user", content=QUESTION)]


@pytest.fixture
async def simulator() -> AsyncIterator[LlmSimulator]:
    async with LlmSimulator() as running:
        yield running


@pytest.fixture
async def client(simulator: LlmSimulator) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=simulator.base_url, api_key="k", max_retries=0) as opened:
        yield opened


async def test_chat_completion_whole_and_streamed_give_the_same_report(client: AsyncOpenAI) -> None:
    whole = await client.chat.completions.create(model="m", messages=MESSAGES)
    stream = await client.chat.completions.create(
        model="m", messages=MESSAGES, stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == whole.choices[0].message.content == sample_report(QUESTION)
    assert chunks[-1].usage == whole.usage
    assert whole.usage is not None
    assert whole.usage.completion_tokens > 100


async def test_responses_whole_and_streamed_give_the_same_report(client: AsyncOpenAI) -> None:
    whole = await client.responses.create(model="m", input=QUESTION)
    events = [event async for event in await client.responses.create(model="m", input=QUESTION, stream=True)]
    text = "".join(event.delta for event in events if isinstance(event, ResponseTextDeltaEvent))
    last = events[-1]
    assert isinstance(last, ResponseCompletedEvent)
    assert text == last.response.output_text == whole.output_text == sample_report(QUESTION)
    assert [event.sequence_number for event in events] == list(range(len(events)))


async def test_models_are_listed(client: AsyncOpenAI) -> None:
    assert [model.id async for model in client.models.list()] == ["simulated-1"]


async def test_rules_are_used_in_order_and_the_ledger_tells_asked_from_billed(
    simulator: LlmSimulator, client: AsyncOpenAI
) -> None:
    await simulator.script(Behaviour(fault=Fault.STATUS, status=429, retry_after="7"))
    with pytest.raises(openai.RateLimitError) as refused:
        await client.chat.completions.create(model="m", messages=MESSAGES)
    assert refused.value.response.headers["retry-after"] == "7"
    await client.chat.completions.create(model="m", messages=MESSAGES)
    ledger = await simulator.wait_for(Event.BILLED, 2)
    assert [(e.call, e.event, e.outcome) for e in ledger] == [
        (1, Event.ASKED, None),
        (1, Event.BILLED, "status"),
        (2, Event.ASKED, None),
        (2, Event.BILLED, "answered"),
    ]
    assert ledger[1].completion_tokens == 0 < ledger[3].completion_tokens


async def test_a_stepped_stream_gives_a_chunk_for_each_release(
    simulator: LlmSimulator, client: AsyncOpenAI
) -> None:
    await simulator.script(Behaviour(fault=Fault.STEP, after_chunks=0, text="abc", chunk_chars=1))
    stream = aiter(await client.chat.completions.create(model="m", messages=MESSAGES, stream=True))
    assert (await anext(stream)).choices[0].delta.role == "assistant"
    waiting = asyncio.ensure_future(anext(stream))
    await simulator.wait_for(Event.HELD)
    assert not waiting.done()
    await simulator.release(1)
    assert (await waiting).choices[0].delta.content == "a"
    await simulator.release()
    assert [c.choices[0].delta.content async for c in stream] == ["b", "c", None]


async def test_a_client_that_goes_away_is_billed_for_what_was_generated(
    simulator: LlmSimulator, client: AsyncOpenAI
) -> None:
    await simulator.script(Behaviour(fault=Fault.STALL, after_chunks=2, chunk_chars=8))
    stream = await client.chat.completions.create(model="m", messages=MESSAGES, stream=True)
    await simulator.wait_for(Event.HELD)
    await stream.close()
    billed = (await simulator.wait_for(Event.BILLED))[-1]
    assert (billed.outcome, billed.completion_tokens) == ("abandoned", 4)


async def test_it_runs_as_a_process_whose_ledger_outlives_it(tmp_path: Path) -> None:
    folder, ledger = Path(__file__).parent, tmp_path / "ledger.jsonl"
    for calls_so_far in (1, 2):
        process = subprocess.Popen(  # noqa: ASYNC220 - our own script; it prints its address at once
            [sys.executable, str(folder), "--ledger", str(ledger)], stdout=subprocess.PIPE, text=True
        )
        try:
            assert process.stdout is not None
            base_url = (await asyncio.to_thread(process.stdout.readline)).strip()
            async with AsyncOpenAI(base_url=base_url, api_key="k", max_retries=0) as client:
                await client.chat.completions.create(model="m", messages=MESSAGES)
            async with SimulatorClient(base_url.removesuffix("/v1")) as directing:
                assert (await directing.wait_for(Event.BILLED, calls_so_far))[-1].call == calls_so_far
        finally:
            process.kill()
            await asyncio.to_thread(process.wait)
            assert process.stdout is not None
            process.stdout.close()
