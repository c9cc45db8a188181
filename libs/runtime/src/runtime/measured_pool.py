"""A pool of PostgreSQL connections that says how many it has, and how long one had to be waited for."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import asyncpg
from asyncpg.pool import Pool, PoolAcquireContext

from runtime.metrics.catalogue.stores import POOL_CONNECTIONS, POOL_LIMIT, POOL_WAIT
from runtime.metrics.exposition import Probe, probing

# As `asyncpg.create_pool` has them.
MAX_QUERIES = 50_000
MAX_INACTIVE_SECONDS = 300.0
CONNECT_TIMEOUT = timedelta(seconds=60)


class _MeasuredAcquire(PoolAcquireContext):
    async def __aenter__(self) -> asyncpg.pool.PoolConnectionProxy:
        with POOL_WAIT.time():
            return await super().__aenter__()


class MeasuredPool(Pool):
    """Every way to query through the pool acquires a connection, and this is where it does."""

    def acquire(self, *, timeout: float | None = None) -> PoolAcquireContext:
        """Acquire a connection, as `asyncpg.Pool.acquire`."""
        return _MeasuredAcquire(self, timeout)


def new_pool(
    url: str,
    *,
    min_size: int,
    max_size: int,
    command_timeout: timedelta,
    connect_timeout: timedelta = CONNECT_TIMEOUT,
) -> MeasuredPool:
    """Make a pool; awaiting it opens `min_size` connections."""
    return MeasuredPool(
        url,
        min_size=min_size,
        max_size=max_size,
        max_queries=MAX_QUERIES,
        max_inactive_connection_lifetime=MAX_INACTIVE_SECONDS,
        connect=None,
        setup=None,
        init=None,
        reset=None,
        loop=None,
        connection_class=asyncpg.Connection,
        record_class=asyncpg.Record,
        timeout=connect_timeout.total_seconds(),
        command_timeout=command_timeout.total_seconds(),
    )


@contextmanager
def measured(pool: Pool) -> Iterator[None]:
    """Show the pool's figures while the context is open."""

    async def read() -> None:
        idle = pool.get_idle_size()
        POOL_CONNECTIONS.labels(state="idle").set(idle)
        POOL_CONNECTIONS.labels(state="used").set(pool.get_size() - idle)
        POOL_LIMIT.set(pool.get_max_size())

    with probing(Probe("database_pool", read, (POOL_CONNECTIONS, POOL_LIMIT))):
        yield
