"""Reading the database, which may be away."""

import asyncpg

# What says that the database is away or not set up yet, rather than that a query is wrong.
UNAVAILABLE = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.UndefinedTableError,
)


class RecordsUnavailableError(Exception):
    """The database does not answer."""


async def fetch(pool: asyncpg.Pool, query: str, *arguments: object) -> list[asyncpg.Record]:
    """Read rows.

    Raises:
        RecordsUnavailableError: the database does not answer.

    """
    try:
        return await pool.fetch(query, *arguments)
    except UNAVAILABLE as error:
        raise RecordsUnavailableError(f"PostgreSQL: {type(error).__name__}") from error
