"""The texts and PDFs of reports, read from the artifact store."""

from collections.abc import AsyncIterator

from obstore.exceptions import BaseError

from contracts.artifacts import ArtifactRef
from runtime.artifacts import ArtifactStore, CorruptArtifactError


class DocumentUnavailableError(Exception):
    """The artifact store does not answer."""


class DocumentDamagedError(Exception):
    """The store answers, but not with the bytes that were stored."""


class Documents:
    """Artifacts by reference, compared with their checksum."""

    def __init__(self, store: ArtifactStore) -> None:
        self._store = store

    async def read(self, ref: ArtifactRef) -> bytes:
        """Read an artifact.

        Raises:
            DocumentUnavailableError: the store does not answer.
            DocumentDamagedError: the artifact is missing or changed.

        """
        try:
            return await self._store.get(ref)
        except CorruptArtifactError as error:
            raise DocumentDamagedError(str(error)) from error
        except (OSError, BaseError) as error:
            raise DocumentUnavailableError(type(error).__name__) from error

    async def find(self, key: str) -> bytes | None:
        """Read what is stored under a key, None when that is nothing.

        Raises:
            DocumentUnavailableError: the store does not answer.

        """
        try:
            return await self._store.find(key)
        except (OSError, BaseError) as error:
            raise DocumentUnavailableError(type(error).__name__) from error

    async def markdown(self, ref: ArtifactRef) -> str:
        """Read a draft's text; raises what `read` raises."""
        return (await self.read(ref)).decode(errors="replace")

    async def pieces(self, ref: ArtifactRef) -> AsyncIterator[bytes]:
        """Read an artifact that is too large to be held, and compared with its checksum, before it is sent.

        The first piece is read at once: raises what `read` raises.
        """
        pieces = self._store.pieces(ref.key)
        try:
            first = await anext(pieces)
        except (FileNotFoundError, StopAsyncIteration) as error:
            raise DocumentDamagedError(f"{ref.key}: missing") from error
        except (OSError, BaseError) as error:
            raise DocumentUnavailableError(type(error).__name__) from error
        return _from_first(first, pieces)


async def _from_first(first: bytes, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in pieces:
        yield piece
