"""Reports that older code started go on under this code: their histories replay without a difference."""

from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from orchestrator.app import WORKFLOWS
from tests.replay.record_histories import PATHS

HISTORIES = sorted(Path(__file__).with_name("histories").glob("*.json"))


@pytest.mark.parametrize("file", HISTORIES, ids=lambda file: file.stem)
async def test_a_saved_history_replays(file: Path) -> None:
    history = WorkflowHistory.from_json(f"report-{file.stem}", file.read_text())
    replayer = Replayer(workflows=WORKFLOWS, data_converter=pydantic_data_converter)
    await replayer.replay_workflow(history)


def test_every_path_has_a_history() -> None:
    assert {path.__name__ for path in PATHS} <= {file.stem for file in HISTORIES}
