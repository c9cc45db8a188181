"""Every target, struck every way, at each moment that matters to it."""

from collections.abc import Iterator
from functools import partial
from itertools import chain, zip_longest

from tests.chaos import moments as at
from tests.chaos.moments import Moment
from tests.chaos.stage import Stage
from tests.chaos.targets import Strike, Target
from tests.chaos.trials import Trial, held_report, until_delivered

MOMENTS: dict[Target, list[Moment]] = {
    Target.GATEWAY: [at.POST_ARRIVED, at.REQUEST_STORED, at.WRITING],
    Target.INTAKE: [at.REQUEST_READ, at.ACCEPTED_TOLD, at.STARTED],
    Target.WORKFLOWS: [at.STARTED, at.WRITING, at.BEFORE_ROW],
    Target.METADATA: [at.BEFORE_ROW, at.ROW_WRITTEN],
    Target.LLM: [at.WRITING, at.ANSWERED, at.ANSWER_STORED],
    Target.PDF: [at.BEFORE_RENDER, at.RENDERED, at.PDF_STORED],
    Target.ANNOUNCER: [at.BEFORE_EVENT, at.EVENT_PUBLISHED],
    Target.DISPATCHER: [
        at.EVENT_READ,
        at.DELIVERY_OPENED,
        at.DELIVERY_STARTED,
        at.BEFORE_WEBHOOK,
        at.WEBHOOK_SENT,
        at.WEBHOOK_RECORDED,
    ],
    Target.NATS: [
        at.POST_ARRIVED,
        at.REQUEST_READ,
        at.STARTED,
        at.WRITING,
        at.BEFORE_EVENT,
        at.DELIVERY_STARTED,
    ],
    Target.TEMPORAL: [
        at.ACCEPTED_TOLD,
        at.WRITING,
        at.ANSWER_STORED,
        at.PDF_STORED,
        at.EVENT_PUBLISHED,
        at.EVENT_READ,
    ],
    Target.POSTGRES: [at.WRITING, at.BEFORE_ROW, at.ROW_WRITTEN, at.EVENT_READ, at.WEBHOOK_SENT],
    Target.EVERYTHING: [
        at.REQUEST_STORED,
        at.STARTED,
        at.WRITING,
        at.PDF_STORED,
        at.ROW_WRITTEN,
        at.WEBHOOK_SENT,
    ],
}

# What interrupts a paid call. An orderly end lets the call finish. While Temporal is paused it cannot hear
# that the worker lives, so it may have the step done again.
_INTERRUPTS = {
    (Target.LLM, Strike.KILL),
    (Target.LLM, Strike.PAUSE),
    (Target.TEMPORAL, Strike.PAUSE),
    (Target.EVERYTHING, Strike.KILL),
    (Target.EVERYTHING, Strike.PAUSE),
    (Target.EVERYTHING, Strike.END),
}


async def _run(target: Target, how: Strike, moment: Moment, stage: Stage, prompt: str) -> float:
    async with held_report(stage, prompt, moment) as asking:
        over = await stage.strike(target, how, lambda: moment.release(stage, prompt))
        seconds = await until_delivered(stage, asking, over)
        stage.excuse(await asking, paid_faults=paid_faults(target, how, moment))
        return seconds


def paid_faults(target: Target, how: Strike, moment: Moment) -> int:
    """Say how many more calls a strike at this moment explains."""
    return int(moment.paid_for and (target, how) in _INTERRUPTS)


def process_trial(target: Target, how: Strike, moment: Moment) -> Trial:
    """Make one cell of the matrix."""
    return Trial(target, how, moment.name, partial(_run, target, how, moment))


def process_trials() -> Iterator[Trial]:
    """Give the whole matrix; targets take turns, so that none is struck twice while it is still young."""
    of_each = [
        [process_trial(target, how, moment) for moment in moments for how in Strike]
        for target, moments in MOMENTS.items()
    ]
    in_turns = chain.from_iterable(zip_longest(*of_each))
    return (trial for trial in in_turns if trial is not None)
