"""The composition root: what the gateway is made of and how it starts and stops."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack

import structlog
from litestar import Litestar
from litestar.di import Provide

from gateway.asgi import AsgiApp
from gateway.connections import BusLink, open_database, open_http, open_temporal
from gateway.errors.handlers import EXCEPTION_HANDLERS
from gateway.layers import layered
from gateway.openapi import openapi_config
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
    webhook_pages,
    webhooks,
    work_pages,
)
from gateway.services import Behind, make_services
from gateway.settings import GatewaySettings
from runtime.artifacts import ArtifactStore
from runtime.background import beside
from runtime.health import serve_http

# A prompt of 16,000 characters, every one written as two JSON escapes, and room for the rest.
MAX_BODY_BYTES = 256 * 1024

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
    filled_pages.recent_part,
    pages.report_page,
    work_pages.schedules_page,
    work_pages.batches_page,
    work_pages.batch_page,
    webhook_pages.webhooks_page,
    webhook_pages.deliveries_part,
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
        running = [await stack.enter_async_context(beside(link.hold(environment.bus)))]
        behind = Behind(
            link,
            await stack.enter_async_context(open_database(environment)),
            await open_temporal(environment),
            ArtifactStore.open(environment.artifacts),
            await stack.enter_async_context(open_http()),
        )
        services, watching = make_services(behind, environment)
        running += [await stack.enter_async_context(beside(run)) for run in watching.runs()]
        running.append(await stack.enter_async_context(serve_http(create_app(services), environment.http)))
        stack.callback(watching.close)
        log.info("gateway.serving", host=environment.http.http_host, port=environment.http.http_port)
        # None of them ends by itself; cancelling the wait leaves the server to end what it is answering.
        ended, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
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
        guards=[parameters.readable],
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
