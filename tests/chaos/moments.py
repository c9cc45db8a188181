"""The moments that matter: before and after each side effect and each acknowledgement."""

import asyncio
from dataclasses import dataclass

from tests.chaos.stage import Stage
from tests.llm_simulator import Behaviour, Event, Fault

CHUNKS_BEFORE = 3


@dataclass(frozen=True)
class Moment:
    """A place in a report's life at which it is held; without a `point` it is the model that is held."""

    name: str
    point: str | None = None
    paid_for: bool = False
    """The provider has begun to bill, and the answer is not stored yet."""

    async def arm(self, stage: Stage, prompt: str) -> None:
        """Hold the report at this moment when it comes by."""
        if self.point is not None:
            stage.points.arm(self.point)
            return
        held = Behaviour(fault=Fault.STALL, after_chunks=CHUNKS_BEFORE, gate=prompt)
        await stage.provider.script(held, prompt_contains=prompt)

    async def reached(self, stage: Stage, prompt: str) -> None:
        """Return when it is held there."""
        if self.point is not None:
            await stage.points.reached(self.point)
            return
        while not await self._is_writing(stage, prompt):  # noqa: ASYNC110 - asked over HTTP
            await asyncio.sleep(0.05)

    def release(self, stage: Stage, prompt: str) -> None:
        """Let it go on; a provider hears of it as soon as the loop turns."""
        if self.point is not None:
            stage.points.release(self.point)
        else:
            stage.later(stage.provider.release(gate=prompt))

    @staticmethod
    async def _is_writing(stage: Stage, prompt: str) -> bool:
        ledger = [entry for entry in await stage.provider.ledger() if prompt in entry.prompt]
        begun = [entry.response_id for entry in ledger if entry.event is Event.CREATED and entry.response_id]
        held = any(entry.event is Event.HELD for entry in ledger)
        # A busy machine's worker may still be at the answer's first bytes: until it has noted whose they are,
        # nobody can take the call up again.
        return held and (not begun or await stage.is_noted(begun[-1]))


POST_ARRIVED = Moment("request received", "gateway.before_publish")
REQUEST_STORED = Moment("request stored, before the 202", "gateway.published")
REQUEST_READ = Moment("request read", "intake.received")
ACCEPTED_TOLD = Moment("before the workflow's start", "intake.announced")
STARTED = Moment("workflow started, before the ack", "intake.started")
WRITING = Moment("the model writes", paid_for=True)
ANSWERED = Moment("answered, before it is stored", "llm_worker.answered", paid_for=True)
ANSWER_STORED = Moment("answer stored, before the return", "llm_worker.answer_stored")
BEFORE_RENDER = Moment("before rendering", "pdf_worker.before_render")
RENDERED = Moment("rendered, before it is stored", "pdf_worker.rendered")
PDF_STORED = Moment("PDF stored, before the return", "pdf_worker.pdf_stored")
BEFORE_ROW = Moment("before the row", "metadata.before_completed")
ROW_WRITTEN = Moment("row written, before the return", "metadata.wrote_completed")
BEFORE_EVENT = Moment("before the event", "announcer.before_publish")
EVENT_PUBLISHED = Moment("event stored, before the return", "announcer.published")
EVENT_READ = Moment("event read", "dispatcher.received")
DELIVERY_OPENED = Moment("delivery's row written", "dispatcher.row_written")
DELIVERY_STARTED = Moment("delivery started, before the ack", "dispatcher.started")
BEFORE_WEBHOOK = Moment("before the webhook", "dispatcher.before_delivery")
WEBHOOK_SENT = Moment("webhook sent, before it is recorded", "dispatcher.delivered")
WEBHOOK_RECORDED = Moment("webhook recorded, before the return", "dispatcher.recorded")
