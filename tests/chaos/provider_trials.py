"""What a model provider can do to a call."""

import asyncio
from collections.abc import Iterator
from functools import partial

from tests.chaos.stage import Stage
from tests.chaos.trials import Trial, until_delivered
from tests.llm_simulator import Behaviour, Event, Fault, sample_report

MEGABYTE = 1_000_000


def _long_answer() -> str:
    section = sample_report("What does a megabyte of report look like?")
    return (section * (MEGABYTE // len(section.encode()) + 1))[:MEGABYTE]


FAULTS: dict[str, tuple[Behaviour, int]] = {
    "429 with Retry-After: 2": (Behaviour(fault=Fault.STATUS, status=429, retry_after="2"), 0),
    "500": (Behaviour(fault=Fault.STATUS, status=500), 0),
    "503": (Behaviour(fault=Fault.STATUS, status=503), 0),
    "hangs": (Behaviour(fault=Fault.HANG, gate="never released"), 0),
    "falls silent in the stream": (Behaviour(fault=Fault.MUTE), 1),
    "cuts the stream": (Behaviour(fault=Fault.CUT), 1),
    "garbage in the stream": (Behaviour(fault=Fault.GARBAGE), 1),
    "an error in the stream": (Behaviour(fault=Fault.ERROR_EVENT), 1),
    "forgets the answer": (Behaviour(fault=Fault.EXPIRE), 1),
    "an empty answer": (Behaviour(fault=Fault.EMPTY), 1),
    "an answer of 1 MB": (Behaviour(text=_long_answer(), chunk_chars=8192), 0),
}
# The provider billed for what it then could not give: nothing can be taken up again.
LOSES_WHAT_IT_BILLED = {"an error in the stream", "forgets the answer", "an empty answer"}
_STRUCK = {Event.BILLED, Event.HELD, Event.RETRIEVED}


async def _run(fault: str, stage: Stage, prompt: str) -> float:
    behaviour, paid = FAULTS[fault]
    await stage.provider.script(behaviour, prompt_contains=prompt)
    asking = asyncio.create_task(stage.ask(prompt))
    while not any(  # noqa: ASYNC110 - asked over HTTP
        entry.event in _STRUCK and prompt in entry.prompt for entry in await stage.provider.ledger()
    ):
        await asyncio.sleep(0.05)
    seconds = await until_delivered(stage, asking, asyncio.get_running_loop().time())
    kind = "lost_answers" if fault in LOSES_WHAT_IT_BILLED else "paid_faults"
    stage.excuse(await asking, **{kind: paid})
    return seconds


def provider_trials() -> Iterator[Trial]:
    """Give all of them."""
    for fault in FAULTS:
        yield Trial("model provider", fault, "first call", partial(_run, fault))
