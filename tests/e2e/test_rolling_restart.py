"""Every process is replaced, one after the other, while reports are written: none fails or is paid twice."""

import asyncio
import signal

import httpx2
import psutil

from tests.e2e.reports import ask, ending, status
from tests.llm_simulator import Behaviour, SimulatorClient
from tests.running_stack import RunningStack

ROLES = [
    ("gateway", "gateway"),
    ("orchestrator", "intake"),
    ("orchestrator", "workflows"),
    ("orchestrator", "metadata"),
    ("llm_worker", "worker"),
    ("pdf_worker", "worker"),
    ("notifier", "announcer"),
    ("notifier", "dispatcher"),
]
# Long enough to span a restart: the sample report has about a hundred chunks.
CHUNK_SECONDS = 0.05
REPORTS_PER_RESTART = 3
POLL_SECONDS = 0.1


async def replaced(stack: RunningStack, package: str, role: str) -> None:
    """Stop a process as a rolling update does, and return when its successor lets the stack be ready."""
    (leaving,) = stack.processes(package, role)
    leaving.send_signal(signal.SIGTERM)
    await asyncio.to_thread(psutil.wait_procs, [leaving])
    while len(stack.processes(package, role)) != 1:  # noqa: ASYNC110 - no event tells of another's child
        await asyncio.sleep(POLL_SECONDS)
    async with httpx2.AsyncClient(base_url=stack.gateway_url, trust_env=False) as http:
        while True:
            try:
                if (await http.get("/health/ready")).status_code == 200:
                    return
            except httpx2.TransportError:
                pass
            await asyncio.sleep(POLL_SECONDS)


async def test_a_rolling_restart_under_load_fails_no_report(
    faulty_stack: RunningStack, simulator: SimulatorClient
) -> None:
    await simulator.always(Behaviour(chunk_delay=CHUNK_SECONDS), prompt_contains="during the restart")
    prompts = {}
    async with httpx2.AsyncClient(base_url=faulty_stack.gateway_url, timeout=30, trust_env=False) as http:
        for package, role in ROLES:
            for number in range(REPORTS_PER_RESTART):
                prompt = f"Report {number} during the restart of {package} {role}."
                prompts[await ask(http, prompt)] = prompt
            await replaced(faulty_stack, package, role)
        for workflow_id in prompts:
            while (await status(http, workflow_id))["status"] != "COMPLETED":
                assert (await ending(http, workflow_id)).event == "completed"

    for prompt in prompts.values():
        assert await simulator.calls(prompt) == 1, prompt
