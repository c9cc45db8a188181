"""PostgreSQL: a pool, and migrations that run once."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import asyncpg
import structlog

from runtime.measured_pool import measured, new_pool
from runtime.settings import EnvironmentSettings

CONNECT_RETRY_INTERVAL = timedelta(milliseconds=500)
LOCK_RETRY_INTERVAL = timedelta(milliseconds=200)
COMMAND_TIMEOUT = timedelta(seconds=10)
MAX_CONNECTIONS = 8

# Away, restarting, full, or not set up (yet): no query is wrong, and the same one may succeed later.
PASSING_ERRORS = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.UndefinedTableError,
)

log = structlog.get_logger(__name__)


class DatabaseSettings(EnvironmentSettings):
    """`DATABASE_URL`: `postgresql://user:password@host:port/database`."""

    database_url: str = "postgresql://reports@127.0.0.1:5432/reports"


class MigrationError(Exception):
    """A migration did not apply; the message is dbmate's."""


@asynccontextmanager
async def connect(settings: DatabaseSettings) -> AsyncIterator[asyncpg.Pool]:
    """Open a pool, waiting for the server as long as it takes, and close it at the end."""
    pool = await _open_pool(settings)
    try:
        with measured(pool):
            yield pool
    finally:
        pool.terminate()


async def _open_pool(settings: DatabaseSettings) -> asyncpg.Pool:
    while True:
        try:
            return await new_pool(
                settings.database_url,
                min_size=1,
                max_size=MAX_CONNECTIONS,
                command_timeout=COMMAND_TIMEOUT,
            )
        except (OSError, asyncpg.CannotConnectNowError, asyncpg.TooManyConnectionsError) as error:
            log.warning("database.waiting", error=repr(error)[:200])
            await asyncio.sleep(CONNECT_RETRY_INTERVAL.total_seconds())


async def check(pool: asyncpg.Pool) -> None:
    """Raise unless the server answers."""
    await pool.fetchval("SELECT 1")


async def migrate(settings: DatabaseSettings, folder: Path, *, table: str) -> None:
    """Apply the SQL files of `folder` that `table` does not list yet, once, however many do so at a time.

    Raises:
        MigrationError: a file did not apply.

    """
    async with _alone(settings, table):
        await _apply(settings, folder, table)
    log.info("database.migrated", table=table)


@asynccontextmanager
async def _alone(settings: DatabaseSettings, table: str) -> AsyncIterator[None]:
    """Let one process at a time through; the lock ends with its connection. dbmate itself has none."""
    async with connect(settings) as pool, pool.acquire() as connection:
        while not await connection.fetchval("SELECT pg_try_advisory_lock(hashtext($1))", table):  # noqa: ASYNC110 - whoever holds it is another process
            await asyncio.sleep(LOCK_RETRY_INTERVAL.total_seconds())
        yield


async def _apply(settings: DatabaseSettings, folder: Path, table: str) -> None:
    process = await asyncio.create_subprocess_exec(
        _dbmate(),
        f"--url={_without_tls_on_loopback(settings.database_url)}",
        f"--migrations-dir={folder}",
        f"--migrations-table={table}",
        "--no-dump-schema",
        "--wait",
        "migrate",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    if process.returncode != 0:
        raise MigrationError(output.decode(errors="replace").strip())


def _dbmate() -> str:
    beside_python = Path(sys.executable).with_name("dbmate")
    found = str(beside_python) if beside_python.exists() else shutil.which("dbmate")
    if found is None:
        raise MigrationError("dbmate is not installed; install the service's dependencies")
    return found


def _without_tls_on_loopback(url: str) -> str:
    # dbmate's driver insists on TLS unless told otherwise; asyncpg prefers it and does without.
    if "sslmode=" in url or ("@127.0.0.1" not in url and "@localhost" not in url):
        return url
    return f"{url}{'&' if '?' in url else '?'}sslmode=disable"
