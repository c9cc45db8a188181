"""The composition roots of the orchestrator's roles."""

import asyncio
from contextlib import AsyncExitStack

from contracts import subjects
from contracts.task_queues import TaskQueue
from orchestrator.acceptance import Acceptance
from orchestrator.announcements import Announcements
from orchestrator.batch_intake import BatchIntake
from orchestrator.batches import Batches
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
from orchestrator.workflows.report_batch import ReportBatchWorkflow
from orchestrator.workflows.scheduled_report import ScheduledReportWorkflow
from runtime import bus, consumers, database, durable
from runtime.artifacts import ArtifactStore
from runtime.health import serve_health
from runtime.metrics.exposition import probing

WORKFLOWS = [
    GenerateReportWorkflow,
    RenderReportWorkflow,
    ScheduledReportWorkflow,
    ReportBatchWorkflow,
    ReconcileReportsWorkflow,
]


async def serve_intake() -> None:
    """Consume requests and batches from the bus and start workflows."""
    settings = IntakeSettings()
    async with AsyncExitStack() as stack:
        health = await stack.enter_async_context(serve_health(settings.http))
        connection = await stack.enter_async_context(bus.connect(settings.bus, name="orchestrator-intake"))
        temporal = await durable.connect(settings.temporal)
        broker = consumers.new_broker(settings.bus, name="orchestrator-intake-consumer")
        Intake(connection, Starter(temporal, settings.review)).subscribe(broker)
        BatchIntake(connection, temporal).subscribe(broker)
        await stack.enter_async_context(consumers.running(broker))
        health.ready_when(
            {
                "bus": connection.check,
                "consumer": consumers.durable_exists(
                    connection, subjects.REQUESTS_STREAM, subjects.INTAKE_DURABLE
                ),
                "batches consumer": consumers.durable_exists(
                    connection, subjects.REQUESTS_STREAM, subjects.BATCHES_DURABLE
                ),
                "temporal": lambda: durable.check(temporal),
            },
        )
        stack.enter_context(probing(bus_probe(connection)))
        stack.enter_context(probing(task_queue_probe(temporal)))
        await asyncio.Event().wait()


async def serve_workflows() -> None:
    """Run the workflows of reports, of runs of schedules, of batches, and of the sweep."""
    settings = WorkflowsSettings()
    async with AsyncExitStack() as stack:
        health = await stack.enter_async_context(serve_health(settings.http))
        connection = await stack.enter_async_context(bus.connect(settings.bus, name="orchestrator-workflows"))
        temporal = await durable.connect(settings.temporal)
        health.ready_when({"bus": connection.check, "temporal": lambda: durable.check(temporal)})
        outlet = await stack.enter_async_context(Announcements(connection).publishing())
        stack.enter_context(told_to(outlet))
        worker = durable.new_worker(
            temporal,
            TaskQueue.REPORTS,
            workflows=WORKFLOWS,
            deployment=durable.versioned(WORKFLOWS_DEPLOYMENT, settings.temporal),
            # The import rules keep I/O out of them, and saved histories are replayed against every change.
            trusted_modules=["contracts", "orchestrator"],
        )
        await worker.run()


async def serve_metadata() -> None:
    """Write rows, accept what schedules and batches ask for, pack archives, and sweep."""
    settings = MetadataSettings()
    async with AsyncExitStack() as stack:
        health = await stack.enter_async_context(serve_health(settings.http))
        connection = await stack.enter_async_context(bus.connect(settings.bus, name="orchestrator-metadata"))
        pool = await stack.enter_async_context(database.connect(settings.database))
        temporal = await durable.connect(settings.temporal)
        health.ready_when(
            {"database": lambda: database.check(pool), "temporal": lambda: durable.check(temporal)},
        )
        stack.enter_context(probing(open_reports_probe(pool)))
        starter = Starter(temporal, settings.review)
        artifacts = ArtifactStore.open(settings.artifacts)
        sweep = Sweep(connection, temporal, starter, pool, artifacts)
        acceptance = Acceptance(connection, artifacts, settings.review)
        batches = Batches(connection, pool, artifacts)
        worker = durable.new_worker(
            temporal,
            TaskQueue.METADATA,
            activities=[
                Metadata(pool, connection.publish_unconfirmed).store_report_metadata,
                acceptance.accept_due_report,
                acceptance.accept_batch_part,
                batches.store_batch,
                batches.archive_batch,
                batches.announce_batch,
                sweep.reconcile_reports,
            ],
        )
        await worker.run()
