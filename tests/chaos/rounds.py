"""Random schedules: several faults over several reports at once, all of it chosen by a seed."""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from tests.chaos import moments as at
from tests.chaos.link import Condition
from tests.chaos.moments import Moment
from tests.chaos.process_trials import MOMENTS, paid_faults
from tests.chaos.stage import Stage
from tests.chaos.targets import PAUSE_SECONDS, Strike, Target
from tests.chaos.trials import DELIVERED_WITHIN_SECONDS, NotDeliveredError, Trial

REPORTS = 5
FAULTS = 4
LINKS = ("NATS", "Temporal", "PostgreSQL", "model")
LINK_BROKEN_SECONDS = 4.0
# Long enough for every report to have passed every moment that was not taken by another fault.
UNSTRUCK_AFTER_SECONDS = 60.0


@dataclass(frozen=True)
class PlannedStrike:
    """Strike a target when the first report comes to a moment."""

    target: Target
    how: Strike
    moment: Moment

    def __str__(self) -> str:
        return f"{self.target} {self.how} at {self.moment.name}"


@dataclass(frozen=True)
class PlannedBreak:
    """Break a link when the first report comes to a moment."""

    link: str
    condition: Condition
    moment: Moment

    def __str__(self) -> str:
        return f"link to {self.link} {self.condition} at {self.moment.name}"


Planned = PlannedStrike | PlannedBreak


def plan(seed: int, number: int) -> list[Planned]:
    """Choose the faults of a round: the same seed and number give the same, whatever ran before."""
    dice = random.Random(f"{seed}/{number}")  # noqa: S311 - to be repeated, not to be secret
    matter = {moment for moments in MOMENTS.values() for moment in moments}
    moments = dice.sample(sorted(matter, key=lambda moment: moment.name), FAULTS)
    return [_fault(dice, moment) for moment in moments]


def _fault(dice: random.Random, moment: Moment) -> Planned:
    if dice.random() < 0.25:
        conditions = [Condition.RESET, Condition.BLACK_HOLE, Condition.SLOW]
        return PlannedBreak(dice.choice(LINKS), dice.choice(conditions), moment)
    return PlannedStrike(dice.choice(list(Target)), dice.choice(list(Strike)), moment)


async def _apply(fault: Planned, stage: Stage, prompt: str) -> int:
    """Wait for the moment, strike, and give how many more calls that explains for any report on its way."""
    try:
        async with asyncio.timeout(UNSTRUCK_AFTER_SECONDS):
            await fault.moment.reached(stage, prompt)
    except TimeoutError:
        return 0
    release = partial(fault.moment.release, stage, prompt)
    if isinstance(fault, PlannedStrike):
        await stage.strike(fault.target, fault.how, release)
        return paid_faults(fault.target, fault.how, at.WRITING)
    stage.links[fault.link].become(fault.condition)
    try:
        release()
        await asyncio.sleep(LINK_BROKEN_SECONDS)
    finally:
        stage.links[fault.link].become(Condition.WHOLE)
    return int(fault.link in {"Temporal", "model"} and fault.condition is not Condition.SLOW)


async def _run(planned: list[Planned], stage: Stage, prompt: str) -> float:
    for fault in planned:
        await fault.moment.arm(stage, prompt)
    asking = [asyncio.create_task(stage.ask(f"{prompt} Report {number}.")) for number in range(REPORTS)]
    faults = [asyncio.create_task(_apply(fault, stage, prompt)) for fault in planned]
    try:
        done = asyncio.create_task(_all_done(stage, asking))
        explained = sum(await asyncio.gather(*faults))
        over = asyncio.get_running_loop().time()
        workflow_ids = await done
        for workflow_id in workflow_ids:
            stage.excuse(workflow_id, paid_faults=explained)
        return max(0.0, asyncio.get_running_loop().time() - over)
    finally:
        for fault in planned:
            fault.moment.release(stage, prompt)


async def _all_done(stage: Stage, asking: "list[asyncio.Task[str]]") -> list[str]:
    budget = DELIVERED_WITHIN_SECONDS + UNSTRUCK_AFTER_SECONDS + FAULTS * PAUSE_SECONDS
    try:
        async with asyncio.timeout(budget):
            workflow_ids = await asyncio.gather(*asking)
            await asyncio.gather(*(stage.finished(workflow_id) for workflow_id in workflow_ids))
    except TimeoutError:
        raise NotDeliveredError(f"not all reports were delivered within {budget:.0f} s") from None
    return list(workflow_ids)


def round_trials(seed: int, count: int) -> Iterator[Trial]:
    """Give the rounds of a seed."""
    for number in range(1, count + 1):
        planned = plan(seed, number)
        what = "; ".join(map(str, planned))
        yield Trial(f"round {number} of seed {seed}", what, "", partial(_run, planned), is_round=True)
