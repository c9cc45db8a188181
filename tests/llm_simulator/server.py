"""Runs the simulator on a loopback port, in a thread with an event loop of its own."""

import asyncio
import socket
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn

from tests.llm_simulator.app import SimulatorApp
from tests.llm_simulator.client import SimulatorClient
from tests.llm_simulator.ledger import Ledger


def make_server(ledger_file: Path | None) -> uvicorn.Server:
    """Return a server that does not yet listen."""
    app = SimulatorApp(Ledger(ledger_file))
    # Cut connections are raised through the application on purpose: they are no news for the log.
    config = uvicorn.Config(app, log_level="critical", lifespan="off", access_log=False)
    return uvicorn.Server(config)


class LlmSimulator(SimulatorClient):
    """`async with LlmSimulator() as simulator:` a running server and the client that directs it.

    Its thread keeps it answering while the test's own event loop is busy. `port=0` takes a free port;
    a given port and ledger file let a test stop a provider and start it again.
    """

    def __init__(self, port: int = 0, ledger_file: Path | None = None) -> None:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self._socket.listen()  # connections queue from here on, so nobody waits for readiness
        self.port: int = self._socket.getsockname()[1]
        self._server = make_server(ledger_file)
        self._started = threading.Event()
        self._stop = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve()), name="llm-simulator", daemon=True
        )
        super().__init__(f"http://127.0.0.1:{self.port}")

    async def _serve(self) -> None:
        serving = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        self._loop = asyncio.get_running_loop()
        self._started.set()
        await self._stop.wait()
        serving.cancel()
        for connection in list(self._server.server_state.connections):
            connection.transport.abort()
        await asyncio.gather(serving, return_exceptions=True)

    async def __aenter__(self) -> Self:
        self._thread.start()
        await asyncio.to_thread(self._started.wait)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop at once, as a killed process would: open connections are reset."""
        await super().__aexit__(kind, error, trace)
        self._loop.call_soon_threadsafe(self._stop.set)
        await asyncio.to_thread(self._thread.join)
        self._socket.close()
