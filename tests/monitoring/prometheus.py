"""A real Prometheus that asks the processes of a running stack."""

import asyncio
import json
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
import yaml

from local_stack.catalogue import GATEWAY, SERVICES
from local_stack.ports import HOST, Ports, free_port_offset

PATIENCE_SECONDS = 60.0
ASK_AGAIN_SECONDS = 0.1


@dataclass(frozen=True)
class Series:
    """One series of an answer, with its last value."""

    labels: dict[str, str]
    value: float


def free_port() -> int:
    """Find a port that nobody uses now, and that no outgoing connection is given."""
    return Ports(free_port_offset()).process(0)


def targets(ports: Ports) -> dict[str, int]:
    """Give the port of every process of a stack with one of each, by the job's name in compose."""
    processes = [service.name for service in SERVICES if service is not GATEWAY]
    ours = {name: ports.process(index) for index, name in enumerate(processes)}
    return {"gateway": ports.gateway, **ours, "temporal": ports.temporal_metrics}


def configuration(jobs: Mapping[str, int], rules: Path) -> str:
    """Write what Prometheus is to ask, every second."""
    return yaml.safe_dump(
        {
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(rules / "*.yml")],
            "scrape_configs": [
                {"job_name": job.replace("_", "-"), "static_configs": [{"targets": [f"{HOST}:{port}"]}]}
                for job, port in jobs.items()
            ],
        }
    )


class Prometheus:
    """A server in a process of its own."""

    def __init__(self, folder: Path, configuration: str) -> None:
        self._folder = folder
        (folder / "prometheus.yml").write_text(configuration)
        self.url = f"http://{HOST}:{free_port()}"
        self._process: subprocess.Popen[bytes] | None = None
        self._last: list[tuple[str, str]] = []
        self._client = httpx2.AsyncClient(base_url=self.url, trust_env=False, timeout=10)

    async def start(self) -> None:
        """Start, and return when it answers."""
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(  # noqa: ASYNC220 - it only begins
                [  # noqa: S607 - from the PATH, as operators run it
                    "prometheus",
                    f"--config.file={self._folder / 'prometheus.yml'}",
                    f"--storage.tsdb.path={self._folder / 'data'}",
                    f"--web.listen-address={self.url.removeprefix('http://')}",
                ],
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        await self._until("it is ready", self._is_ready)

    async def stop(self) -> None:
        """End the process."""
        await self._client.aclose()
        assert self._process is not None
        self._process.terminate()
        await asyncio.to_thread(self._process.wait, PATIENCE_SECONDS)

    async def _is_ready(self) -> bool:
        try:
            return (await self._client.get("/-/ready")).is_success
        except httpx2.TransportError:
            assert self._process is not None
            assert self._process.poll() is None, (self._folder / "log").read_text()[-3000:]
            return False

    async def query(self, expression: str) -> list[Series]:
        """Ask; an expression that Prometheus refuses fails the test."""
        answer = await self._client.get("/api/v1/query", params={"query": expression})
        body: dict[str, Any] = json.loads(answer.text)
        assert body["status"] == "success", f"{expression}: {body}"
        if body["data"]["resultType"] == "scalar":
            return [Series({}, float(body["data"]["result"][1]))]
        return [Series(found["metric"], float(found["value"][1])) for found in body["data"]["result"]]

    async def _groups(self) -> list[dict[str, Any]]:
        groups: list[dict[str, Any]] = (await self._client.get("/api/v1/rules")).json()["data"]["groups"]
        return groups

    async def rules(self) -> list[dict[str, Any]]:
        """Give every rule as Prometheus has it, with how its last evaluation went."""
        return [rule for group in await self._groups() for rule in group["rules"]]

    async def every_target_is_up(self, count: int) -> None:
        """Wait until all targets have answered."""

        async def all_up() -> bool:
            active = (await self._client.get("/api/v1/targets")).json()["data"]["activeTargets"]
            self._last = [(target["labels"]["job"], target["lastError"]) for target in active]
            return len(active) == count and all(target["health"] == "up" for target in active)

        await self._until(f"{count} targets are up", all_up)

    async def scraped_since_now(self) -> None:
        """Wait until each target has been asked once more, and every rule evaluated after that."""
        now = time.time()

        async def scraped() -> bool:
            return min(series.value for series in await self.query("timestamp(up)")) > now

        await self._until("every target was asked again", scraped)
        then = time.time()

        async def evaluated() -> bool:
            groups = await self._groups()
            return all(datetime.fromisoformat(group["lastEvaluation"]).timestamp() > then for group in groups)

        await self._until("every rule was evaluated after that", evaluated)

    async def _until(self, what: str, happened: Any) -> None:  # noqa: ANN401 - an async predicate
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not await happened():
            assert time.monotonic() < deadline, f"not in time: {what} {self._last}"
            await asyncio.sleep(ASK_AGAIN_SECONDS)
