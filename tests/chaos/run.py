"""Runs trials on one or more stacks side by side, and has the oracle judge what is left of each."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count, cycle
from pathlib import Path

from tests.chaos.disk_trials import small_disk
from tests.chaos.figures import Result
from tests.chaos.oracle import Finding, judge
from tests.chaos.stage import Stage
from tests.chaos.trials import NotDeliveredError, Trial

TRIAL_TIMEOUT_SECONDS = 420.0
# Stacks take turns: a call that can be taken up again, and one that can only be made again.
MODEL_APIS = ("responses", "chat_completions")
Say = Callable[[str], None]


@dataclass
class Run:
    """What came of a run; `unattributed` findings belong to no single trial."""

    results: list[Result] = field(default_factory=list)
    unattributed: list[Finding] = field(default_factory=list)
    reports: int = 0
    calls: int = 0
    """Calls that the provider billed for."""
    seconds: float = 0.0

    @property
    def held(self) -> bool:
        """Whether every promise was kept."""
        return not self.unattributed and all(result.held for result in self.results)


async def run(trials: Iterable[Trial], folder: Path, *, lanes: int, say: Say) -> Run:
    """Run every trial once; `lanes` stacks take them in turn."""
    run, waiting, numbers = Run(), iter(list(trials)), count(1)
    started = time.monotonic()
    await asyncio.gather(
        *(
            _lane(run, waiting, numbers, Stage(folder / f"stack-{lane}", model_api), say)
            for lane, model_api in zip(range(lanes), cycle(MODEL_APIS), strict=False)
        )
    )
    run.seconds = time.monotonic() - started
    return run


async def _lane(run: Run, waiting: Iterator[Trial], numbers: "count[int]", stage: Stage, say: Say) -> None:
    with ExitStack() as disk:
        if not disk.enter_context(small_disk(stage.artifacts)):
            say("No small file system could be mounted: trials with a full disk are skipped.")
            waiting = (trial for trial in waiting if trial.target != "artifact store")
        async with stage:
            of_prompt = {}
            for trial in waiting:
                prompt = f"Chaos trial {next(numbers):04d}."
                of_prompt[prompt] = result = await _try(stage, trial, prompt)
                run.results.append(result)
                shown = f"{result.seconds:5.1f} s" if result.seconds is not None else "      -"
                say(f"{shown}  {trial.name}{f'  FAILED: {result.trouble}' if result.trouble else ''}")
            await _judge(run, stage, of_prompt)


async def _try(stage: Stage, trial: Trial, prompt: str) -> Result:
    result = Result(trial)
    try:
        async with asyncio.timeout(TRIAL_TIMEOUT_SECONDS):
            await stage.ready()
            result.seconds = await trial.run(stage, prompt)
    except NotDeliveredError as error:
        result.trouble = str(error)
    except TimeoutError:
        result.trouble = f"not over within {TRIAL_TIMEOUT_SECONDS:.0f} s"
    except Exception as error:  # noqa: BLE001 - whatever it was is counted as trouble, and the rest is still run
        result.trouble = repr(error)
    return result


async def _judge(run: Run, stage: Stage, of_prompt: dict[str, Result]) -> None:
    record = await stage.record()
    run.reports += len(record.asked)
    run.calls += len(record.calls)
    prompts = {asked.workflow_id: asked.prompt for asked in record.asked}
    for finding in judge(record):
        prompt = prompts.get(finding.about, "")
        result = next((of_prompt[known] for known in of_prompt if prompt.startswith(known)), None)
        if result is not None:
            result.findings.append(finding)
        else:
            run.unattributed.append(finding)
