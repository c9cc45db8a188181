"""The real servers keep their data through a kill and through an orderly stop, and leave no port taken."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import asyncpg
import nats

from local_stack import LocalStack, Server, StackSettings, free_port_offset
from local_stack.ports import is_free

KilledScript = Callable[..., AbstractAsyncContextManager[str]]

SERVERS = (Server.NATS, Server.POSTGRES, Server.TEMPORAL)
RUN_SERVERS = """
import asyncio, sys
from pathlib import Path
from local_stack import LocalStack, Server, StackSettings

async def main():
    settings = StackSettings(data_dir=Path(sys.argv[1]), port_offset=int(sys.argv[2]))
    async with LocalStack(settings, servers=[Server(name) for name in sys.argv[3:]], services=()):
        print("ready", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


def stack_on(folder: Path, offset: int) -> LocalStack:
    return LocalStack(StackSettings(data_dir=folder, port_offset=offset), servers=SERVERS, services=())


async def write_something(stack: LocalStack) -> None:
    bus = await nats.connect(stack.nats_url)
    await bus.jetstream().add_stream(name="KEPT", subjects=["kept.>"])
    await bus.jetstream().publish("kept.one", b"message")
    await bus.close()
    database = await asyncpg.connect(stack.database_url)
    await database.execute("CREATE TABLE kept AS SELECT 'row' AS value")
    await database.close()


async def read_it_back(stack: LocalStack) -> tuple[bytes | None, str]:
    bus = await nats.connect(stack.nats_url)
    message = await bus.jetstream().get_msg("KEPT", seq=1)
    await bus.close()
    database = await asyncpg.connect(stack.database_url)
    value: str = await database.fetchval("SELECT value FROM kept")
    await database.close()
    return message.data, value


async def test_data_survives_a_kill_and_an_orderly_stop(tmp_path: Path, killed_script: KilledScript) -> None:
    offset = free_port_offset()
    async with killed_script(RUN_SERVERS, tmp_path, offset, *SERVERS) as said:
        assert said == "ready"
        await write_something(stack_on(tmp_path, offset))

    for _ in ("after the kill", "after an orderly stop"):
        async with stack_on(tmp_path, offset) as stack:
            assert await read_it_back(stack) == (b"message", "row")
            assert all(process.restarts == 0 for process in stack.processes.values())
    ports = stack.ports
    assert all(map(is_free, [ports.nats, ports.postgres, ports.temporal, ports.temporal_ui]))


async def test_postgres_is_not_fooled_by_a_lock_whose_process_id_was_given_to_another(tmp_path: Path) -> None:
    settings = StackSettings(data_dir=tmp_path, port_offset=free_port_offset())

    def postgres() -> LocalStack:
        return LocalStack(settings, servers=[Server.POSTGRES], services=())

    async with postgres() as stack:
        lock = tmp_path / "postgres/cluster/postmaster.pid"
        lines = lock.read_text().splitlines()
        process = stack.processes["postgres"]
        account = process.spec.account
    stranger = await asyncio.create_subprocess_exec("sleep", "60", user=account.uid if account else None)
    try:
        lock.write_text("\n".join([str(stranger.pid), *lines[1:]]))
        async with postgres() as stack:
            assert stack.processes["postgres"].restarts == 0
    finally:
        stranger.kill()
        await stranger.wait()
