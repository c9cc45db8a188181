"""The composition roots of the orchestrator's roles."""

import asyncio
from contextlib import AsyncExitStack

from contracts import subjects
from contracts.task_queues import TaskQueue
from orchestrator.announcements import Announcements
from orchestrator.intake import Intake
from orchestrator.metadata import Metadata
from orchestrator.open_reports import open_reports_probe
from orchestrator.queue_figures import bus_probe, task_queue_probe
from orchestrator.reconciliation.sweep import Sweep
from orchestrator.settings import IntakeSettings, MetadataSettings, WorkflowsSettings
from orchestrator.signs_of_life import told_to
from orchestrator.starting import Starter
from orchestrator.versions import WORKFLOWS_DEPLOYMENT
from orchestrator.workflows.generate_report import GenerateReportWorkflow
from orchestrator.workflows.reconcile_reports import ReconcileReportsWorkflow
from orchestrator.workflows.render_report import RenderReportWorkflow
from runtime import bus, consumers, database, durable
from runtime.artifacts import ArtifactStore
from runtime.health import serve_health
from runtime.metrics.exposition import probing


async def serve_intake() -> None:
    """Consume requests from the bus and start workflows."""
    settings = IntakeSettings()
    async with AsyncExitStack() as stack:
        connection = await stack.enter_async_context(bus.connect(settings.bus, name="orchestrator-intake"))
        temporal = await durable.connect(settings.temporal)
        broker = consumers.new_broker(settings.bus, name="orchestrator-intake-consumer")
        Intake(connection, Starter(temporal, settings.review)).subscribe(broker)
        await stack.enter_async_context(consumers.running(broker))
        await stack.enter_async_context(
            serve_health(
                settings.http,
                {
                    "bus": connection.check,
                    "consumer": consumers.durable_exists(
                        connection, subjects.REQUESTS_STREAM, subjects.INTAKE_DURABLE
                    ),
                    "temporal": lambda: durable.check(temporal),
                },
            )
        )
        stack.enter_context(probing(bus_probe(connection)))
        stack.enter_context(probing(task_queue_probe(temporal)))
        await asyncio.Event().wait()


async def serve_workflows() -> None:
    """Run `GenerateReportWorkflow`."""
    settings = WorkflowsSettings()
    async with AsyncExitStack() as stack:
        connection = await stack.enter_async_context(bus.connect(settings.bus, name="orchestrator-workflows"))
        temporal = await durable.connect(settings.temporal)
        await stack.enter_async_context(
            serve_health(
                settings.http, {"bus": connection.check, "temporal": lambda: durable.check(temporal)}
            )
        )
        outlet = await stack.enter_async_context(Announcements(connection).publishing())
        stack.enter_context(told_to(outlet))
        worker = durable.new_worker(
            temporal,
            TaskQueue.REPORTS,
            workflows=[GenerateReportWorkflow, RenderReportWorkflow, ReconcileReportsWorkflow],
            deployment=durable.versioned(WORKFLOWS_DEPLOYMENT, settings.temporal),
            # The import rules keep I/O out of them, and saved histories are replayed against every change.
            trusted_modules=["contracts", "orchestrator"],
        )
        await worker.run()


async def serve_metadata() -> None:
    """Write rows of `reports`, and sweep for what fell between it and the other stores."""
    settings = MetadataSettings()
    async with AsyncExitStack() as stack:
        connection = await stack.enter_async_context(bus.connect(settings.bus, name="orchestrator-metadata"))
        pool = await stack.enter_async_context(database.connect(settings.database))
        temporal = await durable.connect(settings.temporal)
        await stack.enter_async_context(
            serve_health(
                settings.http,
                {"database": lambda: database.check(pool), "temporal": lambda: durable.check(temporal)},
            )
        )
        stack.enter_context(probing(open_reports_probe(pool)))
        starter = Starter(temporal, settings.review)
        sweep = Sweep(connection, temporal, starter, pool, ArtifactStore.open(settings.artifacts))
        worker = durable.new_worker(
            temporal,
            TaskQueue.METADATA,
            activities=[Metadata(pool).store_report_metadata, sweep.reconcile_reports],
        )
        await worker.run()
