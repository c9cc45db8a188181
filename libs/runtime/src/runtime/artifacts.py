"""The artifact store: objects that are written once and never change."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from time import perf_counter

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore, ObjectStore, from_url

from contracts.artifacts import ArtifactRef
from runtime.metrics.catalogue.stores import ARTIFACT_OPERATIONS
from runtime.settings import EnvironmentSettings

PIECE_BYTES = 1024 * 1024


class ArtifactSettings(EnvironmentSettings):
    """`ARTIFACT_STORE_URL`: `file:///folder`, `s3://bucket/prefix`, `az://container/prefix`."""

    artifact_store_url: str = "file:///var/lib/durable-reports/artifacts"


class CorruptArtifactError(Exception):
    """The bytes in the store are not the bytes that the reference names."""


class ArtifactStore:
    """Write-once objects with references that carry their sha256."""

    def __init__(self, store: ObjectStore, folder: Path | None = None) -> None:
        """Use a store; `folder` is where a local one keeps its files, which are flushed to the disk."""
        self._store = store
        self._folder = folder

    @classmethod
    def open(cls, settings: ArtifactSettings) -> "ArtifactStore":
        """Open the store that the settings name; a local folder is made when it is missing."""
        url = settings.artifact_store_url
        if url.startswith("file://"):
            folder = Path(url.removeprefix("file://"))
            return cls(LocalStore(folder, mkdir=True), folder)
        return cls(from_url(url))

    async def put_once(self, key: str, content: bytes, content_type: str) -> ArtifactRef:
        """Store an object; when the key is taken, the first object stands and its reference is returned."""
        try:
            with _measured("put"):
                await obstore.put_async(self._store, key, content, mode="create")
        except AlreadyExistsError:
            stored = await self.find(key)
            if stored is None:
                raise CorruptArtifactError(f"{key}: exists, but cannot be read") from None
            content = stored
        await self._flush(key)
        return _reference(key, content, content_type)

    async def put_file_once(self, key: str, path: Path, content_type: str) -> ArtifactRef:
        """Store a file as `put_once` stores bytes, without holding its content twice."""
        try:
            with _measured("put"):
                await obstore.put_async(self._store, key, path, mode="create")
        except AlreadyExistsError:
            await self._flush(key)
            digest, size = hashlib.sha256(), 0
            async for piece in self.pieces(key):
                digest.update(piece)
                size += len(piece)
            return ArtifactRef(key=key, sha256=digest.hexdigest(), size=size, content_type=content_type)
        await self._flush(key)
        digest, size = await asyncio.to_thread(_digest_of, path)
        return ArtifactRef(key=key, sha256=digest.hexdigest(), size=size, content_type=content_type)

    async def pieces(self, key: str) -> AsyncIterator[bytes]:
        """Read an object piece by piece, for one that is too large to be held in memory.

        Raises:
            FileNotFoundError: there is none.

        """
        with _measured("get"):
            result = await obstore.get_async(self._store, key)
        async for piece in result.stream(PIECE_BYTES):
            yield bytes(piece)

    async def find(self, key: str) -> bytes | None:
        """Read the object under a key; None when there is none."""
        try:
            with _measured("get"):
                result = await obstore.get_async(self._store, key)
                return bytes(await result.bytes_async())
        except FileNotFoundError:
            return None

    async def get(self, ref: ArtifactRef) -> bytes:
        """Read an object and compare it with its reference.

        Raises:
            CorruptArtifactError: the object is missing or its sha256 differs.

        """
        content = await self.find(ref.key)
        if content is None:
            raise CorruptArtifactError(f"{ref.key}: missing")
        if hashlib.sha256(content).hexdigest() != ref.sha256:
            raise CorruptArtifactError(f"{ref.key}: sha256 differs from its reference")
        return content

    async def folders(self, parent: str) -> list[str]:
        """List the names of the folders directly below `parent` (`""` is the top)."""
        with _measured("list"):
            listed = await obstore.list_with_delimiter_async(self._store, parent or None)
        return sorted(PurePosixPath(prefix).name for prefix in listed["common_prefixes"])

    async def check(self) -> None:
        """Raise unless the store answers."""
        await self.find("health/probe")

    async def _flush(self, key: str) -> None:
        """Have the disk keep a local file and every folder that leads to it, through a power failure."""
        if self._folder is None:
            return
        # What was there already, too: whoever wrote it may have died before this.
        file = self._folder / key
        way = (file, *file.parents[: len(PurePosixPath(key).parts)])
        await asyncio.gather(*(asyncio.to_thread(_flush, path) for path in way))


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _measured(operation: str) -> Iterator[None]:
    begun, outcome = perf_counter(), "error"
    try:
        yield
        outcome = "ok"
    except FileNotFoundError:
        outcome = "missing"
        raise
    except AlreadyExistsError:
        outcome = "exists"
        raise
    finally:
        seconds = perf_counter() - begun
        ARTIFACT_OPERATIONS.labels(operation=operation, outcome=outcome).observe(seconds)


def _digest_of(path: Path) -> "tuple[hashlib._Hash, int]":
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256"), path.stat().st_size


def _reference(key: str, content: bytes, content_type: str) -> ArtifactRef:
    digest = hashlib.sha256(content).hexdigest()
    return ArtifactRef(key=key, sha256=digest, size=len(content), content_type=content_type)
