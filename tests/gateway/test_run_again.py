"""Another run of a report is a report of its own that says which one it repeats."""

import httpx2
import pytest

from contracts.commands import GenerateReport
from contracts.reports import ReportMode, ReportStatus
from contracts.subjects import REQUESTS_STREAM, gateway_request
from orchestrator.metadata import Metadata
from runtime.bus import Bus
from tests.gateway.behind import a_record

pytestmark = pytest.mark.asyncio(loop_scope="session")

ASK = "/api/workflows/generate-report"


async def command_of(bus: Bus, answer: httpx2.Response) -> GenerateReport:
    """Read what an accepted request put on the bus."""
    assert answer.status_code == 202, answer.text
    subject = gateway_request(answer.json()["request_id"])
    message = await bus.jetstream.get_last_msg(REQUESTS_STREAM, subject.name)
    return GenerateReport.model_validate_json(message.data or b"")


async def test_a_request_says_who_asks_and_what_it_repeats(http: httpx2.AsyncClient, connection: Bus) -> None:
    body = {"prompt": "Why?", "requested_by": "  Ada, research ", "repeats": "report-4711"}
    command = await command_of(connection, await http.post(ASK, json=body))
    assert (command.requested_by, command.repeats) == ("Ada, research", "report-4711")


@pytest.mark.parametrize(
    ("field", "value"), [("requested_by", " "), ("requested_by", "x" * 101), ("repeats", "no report")]
)
async def test_wrong_origins_are_refused_by_name(http: httpx2.AsyncClient, field: str, value: str) -> None:
    answer = await http.post(ASK, json={"prompt": "Why?", field: value})
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_the_same_is_asked_again(
    http: httpx2.AsyncClient, connection: Bus, metadata: Metadata, workflow_id: str
) -> None:
    record = a_record(workflow_id, ReportStatus.FAILED, mode=ReportMode.REVIEW, requested_by="Ada")
    await metadata.store_report_metadata(record)
    answer = await http.post(f"/api/workflows/{workflow_id}/run-again", json={})
    command = await command_of(connection, answer)
    assert answer.headers["location"] == f"/api/workflows/{command.workflow_id}/status"
    assert command.workflow_id != workflow_id
    assert (command.prompt, command.mode, command.requested_by) == (record.prompt, "review", "Ada")
    assert command.repeats == workflow_id


async def test_another_run_may_differ_and_is_asked_for_once(
    http: httpx2.AsyncClient, connection: Bus, metadata: Metadata, workflow_id: str
) -> None:
    await metadata.store_report_metadata(a_record(workflow_id, ReportStatus.COMPLETED))
    url, headers = f"/api/workflows/{workflow_id}/run-again", {"Idempotency-Key": workflow_id}
    body = {"prompt": "And since?", "mode": "review", "requested_by": "Grace"}
    answers = [await http.post(url, json=body, headers=headers) for _ in range(2)]
    command = await command_of(connection, answers[0])
    assert (command.prompt, command.mode, command.requested_by) == ("And since?", "review", "Grace")
    assert answers[0].json() == answers[1].json()
    assert (await http.post(url, json={}, headers=headers)).status_code == 422


async def test_a_report_that_never_was_is_not_run_again(http: httpx2.AsyncClient) -> None:
    assert (await http.post("/api/workflows/report-nobody/run-again", json={})).status_code == 404
