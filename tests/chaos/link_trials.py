"""The network between the services and what they lean on, broken for some seconds."""

import asyncio
from collections.abc import Iterator
from functools import partial

from tests.chaos import moments as at
from tests.chaos.link import Condition
from tests.chaos.moments import Moment
from tests.chaos.stage import Stage
from tests.chaos.trials import Trial, held_report, until_delivered

BROKEN_SECONDS = {Condition.RESET: 3.0, Condition.BLACK_HOLE: 10.0, Condition.SLOW: 5.0}

MOMENTS: dict[str, list[Moment]] = {
    "NATS": [at.POST_ARRIVED, at.BEFORE_EVENT],
    "Temporal": [at.ACCEPTED_TOLD, at.WRITING],
    "PostgreSQL": [at.BEFORE_ROW, at.EVENT_READ],
    "model": [at.WRITING],
}


async def _run(link_name: str, condition: Condition, moment: Moment, stage: Stage, prompt: str) -> float:
    link = stage.links[link_name]
    async with held_report(stage, prompt, moment) as asking:
        link.become(condition)
        try:
            moment.release(stage, prompt)
            await asyncio.sleep(BROKEN_SECONDS[condition])
        finally:
            link.become(Condition.WHOLE)
        seconds = await until_delivered(stage, asking, asyncio.get_running_loop().time())
        # A link that is slow, or broken far from the call, explains no second call.
        interrupts = link_name in {"model", "Temporal"} and condition is not Condition.SLOW
        stage.excuse(await asking, paid_faults=int(moment.paid_for and interrupts))
        return seconds


def link_trial(link_name: str, condition: Condition, moment: Moment) -> Trial:
    """Make one trial."""
    fault = f"{condition} {BROKEN_SECONDS[condition]:.0f} s"
    return Trial(f"link to {link_name}", fault, moment.name, partial(_run, link_name, condition, moment))


def link_trials() -> Iterator[Trial]:
    """Give all of them."""
    for link_name, moments in MOMENTS.items():
        for moment in moments:
            for condition in BROKEN_SECONDS:
                yield link_trial(link_name, condition, moment)
