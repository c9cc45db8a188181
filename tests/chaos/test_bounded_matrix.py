"""Every target is struck at a moment that matters, in about two minutes: nothing lost, nothing done twice."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.chaos import moments as at
from tests.chaos.link import Condition
from tests.chaos.link_trials import link_trial
from tests.chaos.message_trials import message_trials
from tests.chaos.oracle import judge
from tests.chaos.process_trials import process_trial
from tests.chaos.stage import Stage
from tests.chaos.steering_trials import decision_trial, pause_trial, viewer_trial
from tests.chaos.targets import Strike, Target
from tests.chaos.trials import Trial
from tests.stack_folder import stack_folder

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]

# Targets take turns, so that none is struck again before the stack restarts it without delay.
TRIALS = [
    process_trial(Target.GATEWAY, Strike.KILL, at.REQUEST_STORED),
    process_trial(Target.INTAKE, Strike.KILL, at.STARTED),
    process_trial(Target.WORKFLOWS, Strike.KILL, at.WRITING),
    process_trial(Target.LLM, Strike.KILL, at.WRITING),
    process_trial(Target.METADATA, Strike.KILL, at.BEFORE_ROW),
    process_trial(Target.PDF, Strike.KILL, at.PDF_STORED),
    process_trial(Target.ANNOUNCER, Strike.KILL, at.BEFORE_EVENT),
    process_trial(Target.DISPATCHER, Strike.KILL, at.WEBHOOK_SENT),
    process_trial(Target.NATS, Strike.KILL, at.BEFORE_EVENT),
    process_trial(Target.TEMPORAL, Strike.KILL, at.ANSWER_STORED),
    process_trial(Target.POSTGRES, Strike.KILL, at.BEFORE_ROW),
    decision_trial(),
    process_trial(Target.METADATA, Strike.PAUSE, at.ROW_WRITTEN),
    viewer_trial(Strike.KILL),
    link_trial("NATS", Condition.RESET, at.BEFORE_EVENT),
    *message_trials(),
    pause_trial(),
    process_trial(Target.EVERYTHING, Strike.KILL, at.WRITING),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage() -> AsyncIterator[Stage]:
    with stack_folder() as folder:
        async with Stage(folder, model_api="responses") as running:
            yield running


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.name)
async def test_a_report_survives(stage: Stage, trial: Trial) -> None:
    await stage.ready()
    await trial.run(stage, f"Bounded chaos: {trial.name}.")


async def test_in_the_end_everything_was_done_once_and_nothing_is_left(stage: Stage) -> None:
    assert judge(await stage.record()) == []
