"""The composition root: what the gateway is made of and how it starts and stops."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import timedelta

import structlog
from litestar import Litestar
from litestar.di import Provide

from gateway.asgi import AsgiApp
from gateway.batching.submission import Submission
from gateway.components import Components
from gateway.connections import BusLink, open_database, open_http, open_temporal
from gateway.errors.handlers import EXCEPTION_HANDLERS
from gateway.grafana import open_grafana
from gateway.layers import layered
from gateway.live.batch_streams import BatchStreams
from gateway.live.hub import Hub
from gateway.live.overview import Overview
from gateway.live.replay import Replay
from gateway.live.shared_view import SharedView
from gateway.live.snapshots import Snapshots
from gateway.live.streams import Streams
from gateway.notifier import Notifier
from gateway.openapi import openapi_config
from gateway.operations import Operations, sources
from gateway.publisher import Publisher
from gateway.readiness import Readiness
from gateway.reading.alerts import open_alerts
from gateway.reading.batches import Batches
from gateway.reading.documents import Documents
from gateway.reading.executions import Executions
from gateway.reading.history import History
from gateway.reading.ledger import Ledger
from gateway.reading.records import Records
from gateway.reading.revisions import Revisions
from gateway.reading.schedule_runs import ScheduleRuns
from gateway.reading.timeline import Timelines
from gateway.reading.tracker import Tracker
from gateway.routes import (
    batches,
    costs,
    downloads,
    events,
    filled_pages,
    health,
    history,
    operations,
    pages,
    parameters,
    reports,
    requests,
    revisions,
    schedules,
    settings,
    static_files,
    steering,
    timeline,
    webhooks,
    work_pages,
)
from gateway.scheduling.schedules import Schedules
from gateway.settings import GatewaySettings
from runtime.artifacts import ArtifactStore
from runtime.background import beside
from runtime.health import serve_http

# A prompt of 16,000 characters, every one written as two JSON escapes, and room for the rest.
MAX_BODY_BYTES = 256 * 1024
HEALTH_INTERVAL = timedelta(seconds=2)
OPERATIONS_INTERVAL = timedelta(seconds=2)

HANDLERS = [
    requests.generate_report,
    requests.run_again,
    reports.status,
    reports.result,
    reports.pdf,
    reports.draft,
    reports.html,
    downloads.document,
    steering.decide,
    steering.pause,
    steering.resume,
    steering.cancel,
    steering.render_again,
    revisions.list_revisions,
    revisions.revision_text,
    revisions.revision_html,
    revisions.diff,
    events.events,
    timeline.timeline,
    history.list_reports,
    history.report_events,
    costs.costs,
    settings.settings,
    batches.submit_batch,
    batches.list_batches,
    batches.get_batch,
    batches.batch_events,
    batches.batch_archive,
    batches.cancel_batch,
    schedules.create_schedule,
    schedules.preview_schedule,
    schedules.list_schedules,
    schedules.get_schedule,
    schedules.change_schedule,
    schedules.delete_schedule,
    schedules.pause_schedule,
    schedules.resume_schedule,
    schedules.run_schedule,
    webhooks.register,
    webhooks.list_endpoints,
    webhooks.delete_endpoint,
    webhooks.list_deliveries,
    webhooks.replay_delivery,
    health.live,
    health.ready,
    health.health,
    health.health_events,
    health.metrics,
    operations.operations_now,
    operations.operations_events,
    operations.look_at_dashboards,
    operations.query_for_dashboards,
    pages.ask_page,
    filled_pages.history_page,
    pages.report_page,
    work_pages.schedules_page,
    work_pages.batches_page,
    work_pages.batch_page,
    pages.webhooks_page,
    filled_pages.costs_page,
    pages.operations_page,
    filled_pages.settings_page,
    filled_pages.how_it_works_page,
    static_files.static_file,
]

log = structlog.get_logger(__name__)


async def serve() -> None:
    """Serve until cancelled; open event streams are ended first, so that nothing holds the process up."""
    environment = GatewaySettings()
    async with AsyncExitStack() as stack:
        link = BusLink()
        holding = await stack.enter_async_context(beside(link.hold(environment.bus)))
        pool = await stack.enter_async_context(open_database(environment))
        temporal = await open_temporal(environment)
        artifacts = ArtifactStore.open(environment.artifacts)
        records, executions, documents = Records(pool), Executions(temporal), Documents(artifacts)
        known_batches = Batches(pool, link, documents)
        tracker = Tracker(records, executions, link, known_batches)
        hub, replay = Hub(link), Replay(link)
        readiness = Readiness(link, temporal, records, artifacts)
        overview = Overview(hub, records)
        components = Components(link, temporal, readiness)
        health_view = SharedView("health", components.look, HEALTH_INTERVAL)
        client = await stack.enter_async_context(open_http())
        grafana = open_grafana(client, environment.observability)
        alerts = open_alerts(client, environment.observability)
        overall = Operations(
            components, sources(link, temporal, pool, alerts), has_dashboards=grafana is not None
        )
        operations_view = SharedView("operations", overall.look, OPERATIONS_INTERVAL)
        following = await stack.enter_async_context(beside(hub.run()))
        telling = await stack.enter_async_context(beside(overview.run()))
        looking = await stack.enter_async_context(beside(health_view.run()))
        operating = await stack.enter_async_context(beside(operations_view.run()))
        app = create_app(
            {
                "publisher": Publisher(link),
                "tracker": tracker,
                "executions": executions,
                "records": records,
                "documents": documents,
                "revisions": Revisions(executions, documents),
                "hub": hub,
                "streams": Streams(hub, replay, tracker, Snapshots(replay, executions, documents)),
                "notifier": Notifier(link),
                "readiness": readiness,
                "history": History(pool),
                "ledger": Ledger(pool),
                "review": environment.review,
                "timelines": Timelines(temporal),
                "batches": known_batches,
                "batch_streams": BatchStreams(hub, known_batches),
                "submission": Submission(link, artifacts),
                "schedules": Schedules(temporal),
                "schedule_runs": ScheduleRuns(pool),
                "schedule_settings": environment.schedules,
                "overview": overview,
                "health_view": health_view,
                "operations": overall,
                "operations_view": operations_view,
                "grafana": grafana,
            }
        )
        serving = await stack.enter_async_context(serve_http(app, environment.http))
        stack.callback(hub.close)
        stack.callback(health_view.close)
        stack.callback(operations_view.close)
        log.info("gateway.serving", host=environment.http.http_host, port=environment.http.http_port)
        # None of them ends by itself; cancelling the wait leaves the server to end what it is answering.
        working = (serving, following, telling, looking, operating, holding)
        ended, _ = await asyncio.wait(working, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            task.result()


def create_app(services: Mapping[str, object]) -> AsgiApp:
    """Make the ASGI application; `services` are handed to handlers by their parameters' names."""
    provided = {name: Provide(_giving(service), sync_to_thread=False) for name, service in services.items()}
    app = Litestar(
        route_handlers=HANDLERS,
        dependencies={
            **provided,
            "tenant_id": Provide(parameters.tenant_id),
            "report_id": Provide(parameters.report_id),
        },
        exception_handlers=EXCEPTION_HANDLERS,
        request_max_body_size=MAX_BODY_BYTES,
        logging_config=None,
        openapi_config=openapi_config(),
    )
    return layered(app)  # type: ignore[arg-type] # Litestar narrows ASGI's mappings to its own typed ones


def _giving(service: object):  # type: ignore[no-untyped-def] # noqa: ANN202 - Litestar reads the annotation
    def give() -> object:
        return service

    return give
