"""Rendering processes kept warm, one job each at a time, killed when they take too long."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from enum import StrEnum

import structlog

from pdf_worker.metrics import PROCESSES_LOST
from pdf_worker.render import RenderedPdf
from pdf_worker.render_job import LENGTH_BYTES, RenderJob, ResultHeader
from pdf_worker.settings import RenderSettings
from pdf_worker.theme_file import load_theme

log = structlog.get_logger(__name__)


class RenderingFailedError(Exception):
    """Not even the plain rendering of a report succeeded within its limits."""


class ProcessDiedError(Exception):
    """A rendering process ended in the middle of a job."""


class ProcessLoss(StrEnum):
    """Why a rendering process was lost in a job, as the metric names it."""

    DIED = "died"
    TIMED_OUT = "timed_out"


@dataclass(slots=True)
class _Slot:
    """A place for one process, which is started when it is first needed or replaced."""

    process: asyncio.subprocess.Process | None = None


class RenderPool:
    """Renders in `settings.render_processes` processes; further jobs wait for a free one."""

    def __init__(self, settings: RenderSettings) -> None:
        self._settings = settings
        self._slots = [_Slot() for _ in range(settings.render_processes)]
        self._free: asyncio.Queue[_Slot] = asyncio.Queue()
        self._ending: set[asyncio.Task[int]] = set()
        for slot in self._slots:
            self._free.put_nowait(slot)

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: RenderSettings) -> AsyncIterator["RenderPool"]:
        """Start all processes now, and end them with the context.

        Raises:
            ThemeError: the theme that the settings name cannot be used.

        """
        load_theme(settings.pdf_theme)
        pool = cls(settings)
        try:
            for slot in pool._slots:
                slot.process = await pool._start()
            yield pool
        finally:
            for slot in pool._slots:
                pool._kill(slot)
            await asyncio.gather(*pool._ending)

    @property
    def max_pages(self) -> int:
        """Pages that one report may have."""
        return self._settings.render_page_limit

    async def render(self, job: RenderJob) -> RenderedPdf:
        """Render a report: typeset if that succeeds within the time limit, else as plain text.

        A process that died is replaced and the job tried once more: it may have been killed from outside.
        Cancelling kills the process at once.

        Raises:
            RenderingFailedError: the plain rendering did not succeed either.

        """
        failure: ProcessDiedError | TimeoutError | None = None
        for attempt in (job, job, replace(job, plain=True)):
            if isinstance(failure, TimeoutError) and not attempt.plain:
                continue
            try:
                rendered = await self._in_free_slot(attempt)
            except (ProcessDiedError, TimeoutError) as error:
                failure = error
                loss = ProcessLoss.TIMED_OUT if isinstance(error, TimeoutError) else ProcessLoss.DIED
                PROCESSES_LOST.labels(reason=loss).inc()
                log.warning("render.process_lost", report_id=job.info.report_id, reason=loss)
            else:
                why = type(failure).__name__ if failure and attempt.plain else ""
                return replace(rendered, failure=rendered.failure or why)
        raise RenderingFailedError("the plain rendering failed too") from failure

    async def _in_free_slot(self, job: RenderJob) -> RenderedPdf:
        slot = await self._free.get()
        finished = False
        try:
            async with asyncio.timeout(self._settings.render_time_limit.total_seconds()):
                rendered = await self._run(slot, job)
            finished = True
            return rendered
        finally:
            if not finished:
                self._kill(slot)
            self._free.put_nowait(slot)

    async def _run(self, slot: _Slot, job: RenderJob) -> RenderedPdf:
        if slot.process is None or slot.process.returncode is not None:
            slot.process = await self._start()
        jobs, results = slot.process.stdin, slot.process.stdout
        assert jobs is not None  # noqa: S101 - both are pipes
        assert results is not None  # noqa: S101 - both are pipes
        try:
            jobs.write(job.to_frame())
            await jobs.drain()
            length = int.from_bytes(await results.readexactly(LENGTH_BYTES), "big")
            header = ResultHeader.from_bytes(await results.readexactly(length))
            return header.with_content(await results.readexactly(header.size))
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise ProcessDiedError from error

    async def _start(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "pdf_worker.render_process",
            str(self._settings.render_memory_limit_mib * 2**20),
            str(self._settings.pdf_theme or ""),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )

    def _kill(self, slot: _Slot) -> None:
        process, slot.process = slot.process, None
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
            ending = asyncio.create_task(process.wait())
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)
