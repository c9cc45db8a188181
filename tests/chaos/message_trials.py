"""Messages that come twice, late, or should never have been sent."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from uuid import uuid4

import nats
from nats.js import JetStreamContext

from tests.chaos import evidence
from tests.chaos import moments as at
from tests.chaos.record import Asked
from tests.chaos.stage import Stage
from tests.chaos.trials import DELIVERED_WITHIN_SECONDS, NotDeliveredError, Trial

REQUESTS = "reports.v1.request.chaos"
COMPLETED = "reports.v1.event.completed"


@asynccontextmanager
async def _bus(stage: Stage) -> AsyncIterator[JetStreamContext]:
    connection = await nats.connect(stage.stack.nats_url)
    try:
        yield connection.jetstream()
    finally:
        await connection.close()


async def _publish_request(bus: JetStreamContext, stage: Stage, prompt: str, *, times: int = 1) -> str:
    request_id = str(uuid4())
    payload = json.dumps({"prompt": prompt, "request_id": request_id}).encode()
    for _ in range(times):
        await bus.publish(REQUESTS, payload)
    workflow_id = f"report-{request_id}"
    stage.expect(Asked(workflow_id, prompt))
    return workflow_id


async def _all_delivered(stage: Stage, *workflow_ids: str) -> None:
    try:
        async with asyncio.timeout(DELIVERED_WITHIN_SECONDS):
            await asyncio.gather(*(stage.finished(workflow_id) for workflow_id in workflow_ids))
    except TimeoutError:
        raise NotDeliveredError("not delivered in time") from None


async def _request_twice(stage: Stage, prompt: str) -> None:
    async with _bus(stage) as bus:
        await _all_delivered(stage, await _publish_request(bus, stage, prompt, times=3))


async def _request_again_later(stage: Stage, prompt: str) -> None:
    async with _bus(stage) as bus:
        workflow_id = await _publish_request(bus, stage, prompt)
        await _all_delivered(stage, workflow_id)
        request = {"prompt": prompt, "request_id": workflow_id.removeprefix("report-")}
        await bus.publish(REQUESTS, json.dumps(request).encode())
    await stage.settled()


async def _overtaken(stage: Stage, prompt: str) -> None:
    async with _bus(stage) as bus:
        await at.REQUEST_READ.arm(stage, prompt)
        first = await _publish_request(bus, stage, f"{prompt} First.")
        await at.REQUEST_READ.reached(stage, prompt)
        later = [await _publish_request(bus, stage, f"{prompt} Later {number}.") for number in range(3)]
        await _all_delivered(stage, *later)
        at.REQUEST_READ.release(stage, prompt)
        await _all_delivered(stage, first)


async def _event_twice(stage: Stage, prompt: str) -> None:
    async with _bus(stage) as bus:
        workflow_id = await _publish_request(bus, stage, prompt)
        await _all_delivered(stage, workflow_id)
        event = await bus.get_last_msg(evidence.EVENTS, COMPLETED)
        assert event.data is not None
        assert workflow_id.encode() in event.data
        # Another message id: the stream cannot know the repeat, its readers must.
        await bus.publish(COMPLETED, event.data, headers={"Nats-Msg-Id": str(uuid4())})
        stage.excuse(workflow_id, repeated_events=1)
    await stage.settled()


async def _poison(stage: Stage, prompt: str) -> None:
    mark = str(uuid4())
    requests = [
        f"not json {mark}".encode(),
        b"\xff\xfe" + mark.encode(),
        json.dumps({"prompt": "", "note": mark}).encode(),
        json.dumps({"prompt": mark, "request_id": "no good id"}).encode(),
        json.dumps([mark]).encode(),
    ]
    events = [f"not an event {mark}".encode(), json.dumps({"specversion": mark}).encode()]
    async with _bus(stage) as bus:
        for payload in requests:
            await bus.publish(REQUESTS, payload)
        for payload in events:
            await bus.publish(COMPLETED, payload)
        stage.poison += requests + events
        await _all_delivered(stage, await _publish_request(bus, stage, prompt))
    await stage.settled()


TRIALS = {
    "a request three times": _request_twice,
    "a request again after its report": _request_again_later,
    "a request overtaken by three others": _overtaken,
    "a completion event twice": _event_twice,
    "poison among good messages": _poison,
}


async def _run(what: str, stage: Stage, prompt: str) -> None:
    await TRIALS[what](stage, prompt)


def message_trials() -> Iterator[Trial]:
    """Give all of them; there is no recovery to be timed."""
    for what in TRIALS:
        yield Trial("messages", what, "", partial(_run, what))
