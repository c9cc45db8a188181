"""Fault points hold a process exactly once when they are armed, and are nothing at all otherwise."""

import asyncio
from pathlib import Path

import pytest

from runtime import fault_points

POINT = "service.before_something"


async def test_without_a_folder_nothing_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FAULT_POINTS_DIR", raising=False)
    await fault_points.reach(POINT)


async def test_an_armed_point_holds_the_first_who_comes_by_until_it_is_released(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FAULT_POINTS_DIR", str(tmp_path))
    await fault_points.reach(POINT)
    (tmp_path / f"{POINT}.armed").touch()
    first = asyncio.create_task(fault_points.reach(POINT))
    held = tmp_path / f"{POINT}.held"
    while not held.exists():  # noqa: ASYNC110 - the file is what a test sees of it
        await asyncio.sleep(0.01)
    await fault_points.reach(POINT)
    assert not first.done()
    held.unlink()
    await first
