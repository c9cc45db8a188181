"""People who watch and steer a report while something dies."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from functools import partial

import httpx2

from tests.chaos import evidence
from tests.chaos import moments as at
from tests.chaos.stage import Stage
from tests.chaos.targets import Strike, Target
from tests.chaos.trials import (
    DELIVERED_WITHIN_SECONDS,
    NotDeliveredError,
    Trial,
    held_report,
    until_delivered,
)
from tests.gateway.watching import Seen, text_of, watching
from tests.llm_simulator import sample_report

LIVE = {"snapshot", "text", "live_status"}
WAITING = {"status": "WAITING_FOR_REVIEW"}
COME_BACK_SECONDS = 0.2


class NotAsToldError(Exception):
    """A viewer missed something, or was given it twice."""


def _nothing() -> None:
    """Let go of nothing: the fault strikes what is held by nobody."""


async def _decide(stage: Stage, workflow_id: str, decision: dict[str, object], *, strike: bool) -> float:
    url = f"/api/workflows/{workflow_id}/decision"
    # The same key is the same decision, however often it has to be sent.
    request = {"json": decision, "headers": {"Idempotency-Key": f"{workflow_id} {decision['revision']}"}}
    over = asyncio.get_running_loop().time()
    if strike:
        await stage.freeze(Target.WORKFLOWS)
        await stage.sent_unanswered("POST", url, request)
        over = await stage.strike(Target.WORKFLOWS, Strike.KILL, _nothing)
    await stage.insist("POST", url, request, 200)
    return over


async def _decision(stage: Stage, prompt: str) -> float:
    """Ask for a revision and approve it; the worker that is to hear of either dies first."""
    workflow_id = await stage.ask(prompt, mode="review")
    stage.excuse(workflow_id, revisions=1)
    try:
        async with asyncio.timeout(DELIVERED_WITHIN_SECONDS):
            await stage.until_state(workflow_id, WAITING | {"revision": 1})
            revise = {"revision": 1, "decision": "revise", "instructions": "Name the rivers."}
            await _decide(stage, workflow_id, revise, strike=True)
            await stage.until_state(workflow_id, WAITING | {"revision": 2})
            approve = {"revision": 2, "decision": "approve"}
            over = await _decide(stage, workflow_id, approve, strike=False)
            await stage.finished(workflow_id)
    except TimeoutError:
        raise NotDeliveredError("not delivered in time") from None
    return asyncio.get_running_loop().time() - over


async def _pause(stage: Stage, prompt: str) -> float:
    """Pause while the model writes; both who would have to remember it die before the report is resumed."""
    async with held_report(stage, prompt, at.WRITING) as asking:
        workflow_id = await asking
        await stage.insist("POST", f"/api/workflows/{workflow_id}/pause", {}, 200)
        await stage.strike(Target.LLM, Strike.KILL, _nothing)
        await stage.strike(Target.WORKFLOWS, Strike.KILL, lambda: at.WRITING.release(stage, prompt))
        await stage.until_state(workflow_id, {"paused": True})
        over = asyncio.get_running_loop().time()
        await stage.insist("POST", f"/api/workflows/{workflow_id}/resume", {}, 200)
        # Where a call cannot be taken up again, the pause ended it.
        stage.excuse(workflow_id, paid_faults=1)
        return await until_delivered(stage, asking, over)


async def _viewer(how: Strike, stage: Stage, prompt: str) -> float:
    """Watch through the death of the gateway, coming back with the last id; then compare with the stream."""
    async with held_report(stage, prompt, at.WRITING) as asking:
        workflow_id = await asking
        seen: list[Seen] = []
        shown = asyncio.Event()
        viewing = asyncio.create_task(_view(stage, workflow_id, seen, shown))
        await shown.wait()
        over = await stage.strike(Target.GATEWAY, how, lambda: at.WRITING.release(stage, prompt))
        seconds = await until_delivered(stage, asking, over)
        async with asyncio.timeout(DELIVERED_WITHIN_SECONDS):
            await viewing
    await _compare(stage, workflow_id, seen, sample_report(prompt))
    return seconds


async def _view(stage: Stage, workflow_id: str, seen: list[Seen], shown: asyncio.Event) -> None:
    while not (seen and seen[-1].id.endswith("-end")):
        try:
            async with aclosing(_messages(stage, workflow_id, seen[-1].id if seen else None)) as messages:
                async for message in messages:
                    seen.append(message)
                    if text_of(seen):
                        shown.set()
        except (httpx2.TransportError, AssertionError):
            # Away, or not ready yet.
            await asyncio.sleep(COME_BACK_SECONDS)


async def _messages(stage: Stage, workflow_id: str, last: str | None) -> AsyncGenerator[Seen, None]:
    async with watching(stage.http, workflow_id, last) as messages:
        async for message in messages:
            yield message


async def _compare(stage: Stage, workflow_id: str, seen: list[Seen], text: str) -> None:
    began = _event_sequence(seen[0])
    told = [_event_sequence(message) for message in seen if message.name not in LIVE]
    kept = await evidence.event_sequences(stage.stack.nats_url, workflow_id, began)
    if told != kept:
        raise NotAsToldError(f"events {told} were told, {kept} stand on the stream")
    if text_of(seen) != text:
        raise NotAsToldError("the viewer does not hold the whole text")
    offset = 0
    for message in seen:
        if message.name in {"snapshot", "text"}:
            if message.data.get("offset", 0) != offset:
                raise NotAsToldError(f"text at {message.data['offset']} was told after {offset}")
            offset += len(message.data["text"])


def _event_sequence(message: Seen) -> int:
    return int(message.id.removeprefix("e").split("-")[0])


def decision_trial() -> Trial:
    """Make the trial of a decision in flight."""
    return Trial(Target.WORKFLOWS, Strike.KILL, "a decision in flight", _decision)


def pause_trial() -> Trial:
    """Make the trial of a paused report."""
    return Trial(Target.LLM, "SIGKILL, and of the workflow worker", "the report paused", _pause)


def viewer_trial(how: Strike) -> Trial:
    """Make the trial of a viewer whose gateway dies."""
    return Trial(Target.GATEWAY, how, "somebody watches", partial(_viewer, how))


def steering_trials() -> Iterator[Trial]:
    """Give all of them."""
    # A target that is struck again too soon is started with a delay.
    yield viewer_trial(Strike.KILL)
    yield decision_trial()
    yield viewer_trial(Strike.PAUSE)
    yield pause_trial()
    yield viewer_trial(Strike.END)
