"""One stack a data folder, and a folder whose stack was killed is free again."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from pydantic import ValidationError

from local_stack import StackRunningError
from local_stack.errors import StackError
from local_stack.folder import DataFolder, StackState
from local_stack.settings import StackSettings

KilledScript = Callable[..., AbstractAsyncContextManager[str]]

HOLD_FOLDER = """
import sys, time
from pathlib import Path
from local_stack.folder import DataFolder
with DataFolder(Path(sys.argv[1])).owned():
    print("held", flush=True)
    time.sleep(60)
"""
STATE = StackState(pid=4711, gateway_url="http://127.0.0.1:8080", temporal_ui_url="", model="m")


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path)
    folder.create()
    return folder


def test_a_second_stack_is_told_where_the_first_one_runs(folder: DataFolder) -> None:
    with folder.owned():
        folder.write_state(STATE)
        with (
            pytest.raises(StackRunningError, match=r"http://127.0.0.1:8080 \(process 4711\)"),
            folder.owned(),
        ):
            pass
        assert folder.is_owned()
        assert folder.read_state() == STATE
    assert not folder.is_owned()
    assert folder.read_state() is None


async def test_a_killed_owner_frees_the_folder(folder: DataFolder, killed_script: KilledScript) -> None:
    async with killed_script(HOLD_FOLDER, folder.root) as said:
        assert said == "held"
        assert folder.is_owned()
    assert not folder.is_owned()
    with folder.owned():
        pass


def test_the_owner_knows_whether_someone_waits_for_a_report(folder: DataFolder) -> None:
    assert folder.is_unused()
    with folder.in_use(), folder.in_use():
        assert not folder.is_unused()
    assert folder.is_unused()


def test_a_folder_in_the_home_of_nobody_is_refused() -> None:
    with pytest.raises(ValidationError, match="no such home folder"):
        StackSettings(data_dir=Path("~nobody-of-this-name/data"))


def test_a_folder_in_which_nothing_can_be_written_is_refused(folder: DataFolder) -> None:
    (folder.root / "clients.lock").unlink()
    # Root may write everywhere, and into a folder as if it were a file as little as anybody.
    (folder.root / "clients.lock").mkdir()
    with pytest.raises(StackError, match="Set another DATA_DIR"):
        folder.create()
