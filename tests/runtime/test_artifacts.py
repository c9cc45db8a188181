"""An object that was stored is on the disk, and stays what it was."""

import os
from pathlib import Path

import pytest

from runtime.artifacts import ArtifactSettings, ArtifactStore

KEY = "default/report-1/r1/draft.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "artifacts"


@pytest.fixture
def store(folder: Path) -> ArtifactStore:
    return ArtifactStore.open(ArtifactSettings(artifact_store_url=f"file://{folder}"))


@pytest.fixture
def flushed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """What was flushed to the disk; it is flushed as always."""
    paths: list[Path] = []
    fsync = os.fsync

    def tell(descriptor: int) -> None:
        paths.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", tell)
    return paths


async def test_what_is_stored_is_on_the_disk_with_the_folders_that_lead_to_it(
    store: ArtifactStore, folder: Path, flushed: list[Path]
) -> None:
    """After a power failure Temporal and PostgreSQL remember the report: its text must be there, too."""
    await store.put_once(KEY, b"first", "text/markdown")
    file = folder / KEY
    way = {file, file.parent, file.parents[1], file.parents[2], folder}
    assert set(flushed) == way

    flushed.clear()
    again = await store.put_once(KEY, b"second", "text/markdown")
    assert set(flushed) == way, "whoever stored it first may have died before it was on the disk"
    assert await store.get(again) == b"first"


async def test_a_file_is_stored_as_bytes_are(
    store: ArtifactStore, folder: Path, flushed: list[Path], tmp_path: Path
) -> None:
    source = tmp_path / "archive.zip"
    source.write_bytes(b"content")
    stored = await store.put_file_once("default/batch-1/archive.zip", source, "application/zip")
    assert folder / "default/batch-1/archive.zip" in flushed
    assert await store.get(stored) == b"content"
