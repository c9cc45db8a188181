"""`make chaos`: the whole matrix and some random rounds, or with a seed only its rounds again.

SEED: only the random rounds of this seed. ROUNDS: how many (6). ONLY: only trials whose name contains this.
LANES: stacks side by side (3).
"""

import asyncio
import os
import platform
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from tests.chaos import figures
from tests.chaos.disk_trials import disk_trials
from tests.chaos.link_trials import link_trials
from tests.chaos.message_trials import message_trials
from tests.chaos.process_trials import process_trials
from tests.chaos.provider_trials import provider_trials
from tests.chaos.rounds import round_trials
from tests.chaos.run import Run, run
from tests.chaos.steering_trials import steering_trials
from tests.chaos.trials import Trial

DOCUMENT = Path(__file__).parents[2] / "docs" / "reliability.md"


def say(line: str) -> None:
    """Print with the time."""
    print(f"{time.strftime('%H:%M:%S')}  {line}", flush=True)  # noqa: T201 - what a run is for


def _trials(seed: int, rounds: int, only: str, *, replay: bool) -> Iterator[Trial]:
    matrix = chain(
        process_trials(),
        link_trials(),
        provider_trials(),
        message_trials(),
        steering_trials(),
        disk_trials(),
    )
    chosen = chain(() if replay else matrix, round_trials(seed, rounds))
    return (trial for trial in chosen if only in trial.name)


def _setting(name: str, default: int) -> int:
    return int(os.environ.get(name) or default)


def _report(result: Run, seed: int, rounds: int) -> list[str]:
    where = f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"
    measured = f"Measured on {time.strftime('%Y-%m-%d')} ({where}) in {result.seconds / 60:.0f} minutes"
    lines = [
        f"{measured}; random rounds: `make chaos SEED={seed} ROUNDS={rounds}`.",
        "",
        f"**{figures.summary(result.results, result.unattributed, result.reports, result.calls)}**",
        "",
        *figures.table(result.results),
    ]
    departures = figures.what_did_not_hold(result.results, result.unattributed)
    return [*lines, "", "What did not hold:", "", *(departures or ["- nothing"])]


def main() -> int:
    """Run; 0 when every promise was kept."""
    replay, only = bool(os.environ.get("SEED")), os.environ.get("ONLY", "")
    seed = _setting("SEED", random.SystemRandom().randrange(1_000_000))
    rounds = _setting("ROUNDS", 6)
    say(f"Seed {seed}; the random rounds again: make chaos SEED={seed} ROUNDS={rounds}")
    trials = list(_trials(seed, rounds, only, replay=replay))
    with tempfile.TemporaryDirectory(prefix="chaos-", ignore_cleanup_errors=True) as folder:
        result = asyncio.run(run(trials, Path(folder), lanes=_setting("LANES", 3), say=say))
        if not result.held and (kept := os.environ.get("KEEP_LOGS")):
            Path(kept).mkdir(parents=True, exist_ok=True)
            shutil.move(folder, kept)
    lines = _report(result, seed, rounds)
    print("\n".join(["", *lines]))  # noqa: T201 - as above
    if not replay and not only:
        figures.write(DOCUMENT, lines)
        say(f"Figures written to {DOCUMENT}")
    return 0 if result.held else 1


if __name__ == "__main__":
    sys.exit(main())
