"""The main job: reach a stack, ask, follow, fetch the PDF."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rich.console import Console

from local_stack.errors import StackError
from local_stack.folder import DataFolder, StackState
from local_stack.interrupts import interruptible
from local_stack.probes import http_probe, probe_client
from local_stack.report.gateway_client import GatewayClient, GatewayGoneError, new_idempotency_key
from local_stack.report.pdf_file import write_pdf
from local_stack.report.progress import COMPLETED, Progress
from local_stack.report.settings import ReportSettings
from local_stack.report.views import view_for
from local_stack.settings import StackSettings
from local_stack.stack import LocalStack

INTERRUPTED = 130
READY_WITHIN = 90.0


class ReportCommand:
    """One run of `make report`."""

    def __init__(self, settings: StackSettings, request: ReportSettings, console: Console) -> None:
        self._settings = settings
        self._request = request
        self._console = console
        self._folder = DataFolder(settings.data_dir)
        self._started = time.monotonic()
        self._key = new_idempotency_key()
        self._workflow_id: str | None = None
        self._stack: LocalStack | None = None
        self._exit_code: int | None = None

    async def run(self) -> int:
        """Return the exit code: 0 with the PDF on the disk, 1 when the report failed, 130 when interrupted.

        Raises:
            StackError: the stack did not start, or the gateway refused the request.

        """
        try:
            with interruptible(lambda: self._say("\nStopping"), self._hurry):
                return await self._until_done()
        except asyncio.CancelledError:
            # The report was over: only the stop of the stack was hurried.
            if self._exit_code is not None:
                return self._exit_code
            if self._workflow_id:
                self._say(f"Interrupted. Report {self._workflow_id} is kept.")
                self._say("It continues at the next `make up` or `make report`.")
            else:
                self._say("Interrupted before the report was accepted.")
            return INTERRUPTED

    async def _until_done(self) -> int:
        self._folder.create()
        while True:
            async with self._reach_stack() as state:
                self._say(f"Model: {state.model}")
                try:
                    self._exit_code = await self._write(state)
                except GatewayGoneError:
                    self._say("The stack that wrote this report has stopped; going on with one of our own.")
            if self._exit_code is not None:
                return self._exit_code

    @asynccontextmanager
    async def _reach_stack(self) -> AsyncIterator[StackState]:
        """Use the stack that runs on this data folder, or run one until the block ends."""
        if state := await self._running_stack():
            with self._folder.in_use():
                self._say(f"Using the stack at {state.gateway_url}")
                yield state
            return
        stack = self._stack = LocalStack(self._settings, say=self._say)
        async with stack:
            with self._folder.in_use():
                yield stack.state
            await self._wait_for_others()
            self._say("Stopping the stack")

    async def _running_stack(self) -> StackState | None:
        deadline = time.monotonic() + READY_WITHIN
        async with probe_client() as client:
            while self._folder.is_owned():
                state = self._folder.read_state()
                if state is not None and await http_probe(client, f"{state.gateway_url}/health/ready")():
                    return state
                if time.monotonic() > deadline:
                    raise StackError(
                        f"A stack runs on {self._folder.root} but is not ready. Stop it and try again."
                    )
                await asyncio.sleep(0.2)
        return None

    async def _wait_for_others(self) -> None:
        if not self._folder.is_unused():
            self._say("Another `make report` uses this stack; it stops when that one is done.")
        while not self._folder.is_unused():  # noqa: ASYNC110 - a lock of another process raises no event here
            await asyncio.sleep(0.2)

    async def _write(self, state: StackState) -> int:
        key = self._settings.bootstrap_api_key
        token = key.get_secret_value() if key else None
        async with GatewayClient.open(state.gateway_url, token, self._folder.is_owned) as gateway:
            self._workflow_id = await gateway.submit(self._request.prompt, self._key)
            self._say(f"Report {self._workflow_id}")
            progress = await self._follow(gateway, self._workflow_id)
            if progress.status != COMPLETED:
                return self._failed(progress)
            result = await gateway.result(self._workflow_id)
            write_pdf(await gateway.pdf(self._workflow_id), self._request.path, result.get("sha256"))
        seconds = time.monotonic() - self._started
        self._say(
            f"{self._request.path.resolve()}\n"
            f"  {result.get('pages')} pages, written by {result.get('model')}, in {seconds:.0f} s"
        )
        return 0

    async def _follow(self, gateway: GatewayClient, workflow_id: str) -> Progress:
        progress = Progress()
        with view_for(self._console, self._started) as view:
            async for event, data in gateway.events(workflow_id):
                progress.apply(event, data)
                view.show(progress)
                if progress.is_over:
                    break
        return progress

    def _failed(self, progress: Progress) -> int:
        reason = ": ".join(filter(None, [progress.failure_code, progress.failure_message]))
        self._say(f"The report ended as {progress.status}. {reason}".strip())
        self._say(f"Logs: {self._folder.logs}")
        return 1

    def _hurry(self) -> None:
        if self._stack is not None:
            self._stack.hurry()

    def _say(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)


async def report(settings: StackSettings, request: ReportSettings, console: Console) -> int:
    """Write one report; return the exit code (see `ReportCommand.run`)."""
    return await ReportCommand(settings, request, console).run()
