"""Reading the database, which may be away."""

import asyncpg

from runtime.database import PASSING_ERRORS


class RecordsUnavailableError(Exception):
    """The database does not answer."""


async def fetch(pool: asyncpg.Pool, query: str, *arguments: object) -> list[asyncpg.Record]:
    """Read rows.

    Raises:
        RecordsUnavailableError: the database does not answer.

    """
    try:
        return await pool.fetch(query, *arguments)
    except PASSING_ERRORS as error:
        raise RecordsUnavailableError(f"PostgreSQL: {type(error).__name__}") from error
