"""The gateway in a process of its own."""

import asyncio
import signal
import sys
from dataclasses import dataclass

import httpx2


@dataclass
class GatewayProcess:
    """A gateway that runs; `kill` and `start` may follow each other."""

    url: str
    environment: dict[str, str]
    process: "asyncio.subprocess.Process | None" = None

    async def start(self) -> None:
        """Start, and return when it answers."""
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "gateway", "gateway", env=self.environment
        )
        async with httpx2.AsyncClient(trust_env=False) as client:
            while True:
                try:
                    await client.get(f"{self.url}/health/live")
                except httpx2.TransportError:
                    assert self.process.returncode is None
                    await asyncio.sleep(0.02)
                else:
                    return

    async def stop(self, received: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and give the exit code."""
        assert self.process is not None
        self.process.send_signal(received)
        return await self.process.wait()
