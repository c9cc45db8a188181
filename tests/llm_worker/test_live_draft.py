"""Protects those who watch (every character once, at its place) and the call from their trouble."""

import asyncio

import pytest

from contracts.live import LiveText
from contracts.reports import ReportKey
from contracts.subjects import Subject
from llm_worker.live_draft import MAX_CHARACTERS, LiveDraft, open_live_draft

REPORT = ReportKey(workflow_id="report-1", request_id="1", revision=2)


class Reader:
    """A bus with one reader, who follows the rule of `LiveText`; it takes nothing while `away`."""

    def __init__(self) -> None:
        self.away = False
        self.messages: list[LiveText] = []
        self.text = ""

    async def publish(self, subject: Subject[LiveText], message: LiveText) -> bool:
        assert subject.name == "reports.v1.live.report-1"
        if self.away:
            return False
        self.messages.append(message)
        self.text = self.text[: message.offset] + message.text
        return True


async def test_what_was_written_arrives_at_its_offsets() -> None:
    reader = Reader()
    draft = LiveDraft(reader.publish, REPORT, attempt=3)
    draft.write("# Ти")
    draft.write("тул\n")
    await draft.flush()
    await draft.flush()
    draft.write("x" * (MAX_CHARACTERS + 1))
    await draft.flush()
    assert reader.text == "# Титул\n" + "x" * (MAX_CHARACTERS + 1)
    assert [(m.offset, len(m.text)) for m in reader.messages] == [
        (0, 8),
        (8, MAX_CHARACTERS),
        (8 + MAX_CHARACTERS, 1),
    ]
    assert {(m.revision, m.attempt, m.tenant_id) for m in reader.messages} == {(2, 3, "default")}


async def test_text_that_the_bus_did_not_take_comes_with_the_next() -> None:
    reader = Reader()
    draft = LiveDraft(reader.publish, REPORT, attempt=1)
    reader.away = True
    draft.write("one ")
    await draft.flush()
    reader.away = False
    draft.write("two")
    await draft.flush()
    assert [(m.offset, m.text) for m in reader.messages] == [(0, "one two")]


async def test_a_new_attempt_replaces_the_text_of_the_last() -> None:
    reader = Reader()
    for attempt, text in ((1, "abandoned long text"), (2, "whole")):
        async with open_live_draft(reader.publish, REPORT, attempt) as draft:
            draft.write(text)
    assert reader.text == "whole"


async def test_a_bus_that_fails_or_hangs_does_not_disturb_the_writer() -> None:
    async def fail(subject: Subject[LiveText], message: LiveText) -> bool:
        raise RuntimeError(f"{subject.name} at {message.offset}")

    async def hang(*_: object) -> bool:
        await asyncio.Event().wait()
        return True

    for publish in (fail, hang):
        async with open_live_draft(publish, REPORT, 1) as draft:
            draft.write("text")
            await asyncio.sleep(0)  # lets the publisher start


async def test_an_error_in_the_call_is_passed_on_without_publishing_more() -> None:
    async def failing_call(reader: Reader) -> None:
        async with open_live_draft(reader.publish, REPORT, 1) as draft:
            draft.write("text")
            raise ValueError("the call's own")

    reader = Reader()
    with pytest.raises(ValueError, match="the call's own"):
        await failing_call(reader)
    assert reader.messages == []


async def test_an_attempt_that_goes_on_shows_only_what_was_not_shown_before() -> None:
    reader = Reader()
    async with open_live_draft(reader.publish, REPORT, 1) as draft:
        draft.write("one two ")
    async with open_live_draft(reader.publish, REPORT, 2) as draft:
        draft.begin(known=len("one "))
        for piece in ("on", "e tw", "o three"):
            draft.write(piece)
    assert reader.text == "one two three"
    assert [(m.attempt, m.offset) for m in reader.messages] == [(1, 0), (2, 4)]
