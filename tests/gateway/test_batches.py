"""Batches are accepted whole or not at all, and followed to the archive of what was made."""

import io
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import asyncpg
import httpx2
import pytest
import pytest_asyncio
from temporalio.testing import ActivityEnvironment

from contracts.batches import (
    BATCH_MAX_ROWS,
    BatchProgress,
    BatchRecord,
    BatchReport,
    BatchRows,
    BatchStatus,
    SubmitBatch,
)
from contracts.events import BatchEnded, ReportFailed
from contracts.failures import Failure, FailureCode
from contracts.reports import ReportStatus, Step
from contracts.subjects import gateway_batch
from local_stack import LocalStack
from orchestrator.batches import Batches
from orchestrator.metadata import Metadata
from runtime.artifacts import ArtifactStore
from runtime.bus import Bus
from tests.gateway.behind import PDF, a_record, completed_record, tell, tell_progress
from tests.gateway.test_errors import assert_problem
from tests.gateway.watching import watching_path

pytestmark = pytest.mark.asyncio(loop_scope="session")

URL = "/api/batches"
CSV = {"Content-Type": "text/csv"}
FAILURE = Failure(code=FailureCode.MODEL_NOT_FOUND, message="No such model.")


@pytest_asyncio.fixture(loop_scope="session")
async def keeper(servers: LocalStack, connection: Bus, artifacts: ArtifactStore) -> AsyncIterator[Batches]:
    """The orchestrator's own writer of batches."""
    async with asyncpg.create_pool(servers.database_url, min_size=1, max_size=1) as pool:
        yield Batches(connection, pool, artifacts)


async def submit(http: httpx2.AsyncClient, *prompts: object, **fields: object) -> dict[str, Any]:
    answer = await http.post(URL, json={"prompts": list(prompts), **fields})
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == answer.json()["batch_url"]
    accepted: dict[str, Any] = answer.json()
    return accepted


async def stored(
    connection: Bus, artifacts: ArtifactStore, batch_id: str
) -> tuple[SubmitBatch, list[dict[str, Any]]]:
    """Read the command on the bus, and the rows that it names."""
    subject = gateway_batch(batch_id)
    message = await connection.jetstream.get_last_msg(subject.stream, subject.name)
    command = SubmitBatch.model_validate_json(message.data or b"")
    rows = BatchRows.model_validate_json(await artifacts.get(command.rows)).rows
    return command, [row.model_dump(mode="json") for row in rows]


def record_of(command: SubmitBatch, status: BatchStatus, **fields: object) -> BatchRecord:
    return BatchRecord.model_validate(
        command.model_dump(include=set(BatchRecord.model_fields))
        | {"status": status, "accepted_at": command.requested_at}
        | fields
    )


async def test_a_batch_is_stored_and_one_command_names_it(
    http: httpx2.AsyncClient, connection: Bus, artifacts: ArtifactStore
) -> None:
    own = {"prompt": "Second?", "mode": "review", "requested_by": "bob"}
    accepted = await submit(http, "First?", own, name="Two", requested_by="ada")
    command, rows = await stored(connection, artifacts, accepted["batch_id"])
    assert (command.name, command.requested_by, command.total) == ("Two", "ada", 2)
    assert rows == [
        {"prompt": "First?", "mode": "auto", "requested_by": "ada"},
        {"prompt": "Second?", "mode": "review", "requested_by": "bob"},
    ]
    assert accepted["workflow_ids"] == [f"report-{accepted['batch_id']}-{number}" for number in (1, 2)]


async def test_an_accepted_batch_and_its_reports_are_known_before_anything_has_begun(
    http: httpx2.AsyncClient,
) -> None:
    accepted = await submit(http, "First?", "Second?")
    shown = (await http.get(accepted["batch_url"])).json()
    assert (shown["status"], shown["total"], shown["counts"]["ACCEPTED"]) == ("ACCEPTED", 2, 2)
    assert [row["prompt"] for row in shown["rows"]] == ["First?", "Second?"]
    for workflow_id in accepted["workflow_ids"]:
        status = (await http.get(f"/api/workflows/{workflow_id}/status")).json()
        assert status["status"] == "ACCEPTED"
    batch_id = accepted["batch_id"]
    for other in ("0", "3", "01", "-1"):
        assert (await http.get(f"/api/workflows/report-{batch_id}-{other}/status")).status_code == 404
    assert_problem(await http.post(f"{accepted['batch_url']}/cancel"), 409)


async def test_the_same_key_is_the_same_batch(http: httpx2.AsyncClient) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    bodies = [
        {"prompts": ["One"]},
        {"prompts": ["One"]},
        {"prompts": ["Two"]},
        {"prompts": ["One"], "name": "x"},
    ]
    first, again, other, renamed = [await http.post(URL, json=body, headers=headers) for body in bodies]
    assert first.json() == again.json()
    assert_problem(other, 422)
    assert_problem(renamed, 422)


TABLES = {
    "commas": "prompt,mode,requested_by\nOne,review,ada\nTwo,,\n",
    "a mark at its start": "\ufeffprompt,mode,requested_by\r\nOne,review,ada\r\nTwo,,\r\n",
    "semicolons": "Prompt;Mode;Requested_by\nOne;review;ada\nTwo;;\n",
    "tabs and empty rows": "prompt\tmode\trequested_by\n\nOne\treview\tada\n\t\t\nTwo\n",
    "another order": "mode,requested_by,prompt\nreview,ada,One\n,,Two",
}


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES.keys())
async def test_a_table_is_read_as_spreadsheet_programs_save_it(
    http: httpx2.AsyncClient, connection: Bus, artifacts: ArtifactStore, text: str
) -> None:
    answer = await http.post(f"{URL}?name=Sheet&requested_by=eve", content=text.encode(), headers=CSV)
    assert answer.status_code == 202, answer.text
    command, rows = await stored(connection, artifacts, answer.json()["batch_id"])
    assert command.name == "Sheet"
    assert rows == [
        {"prompt": "One", "mode": "review", "requested_by": "ada"},
        {"prompt": "Two", "mode": "auto", "requested_by": "eve"},
    ]


async def test_a_cell_may_hold_several_lines(
    http: httpx2.AsyncClient, connection: Bus, artifacts: ArtifactStore
) -> None:
    text = 'prompt\n"A question, with\na second line and ""quotes"""\n'
    answer = await http.post(URL, content=text.encode(), headers=CSV)
    _, rows = await stored(connection, artifacts, answer.json()["batch_id"])
    assert [row["prompt"] for row in rows] == ['A question, with\na second line and "quotes"']


@pytest.mark.parametrize(
    ("name", "content"),
    [("rows.csv", "prompt\nOne\n"), ("rows.json", '{"prompts": ["One"]}'), ("rows.json", '["One"]')],
)
async def test_a_file_is_uploaded_with_what_holds_for_all_rows(
    http: httpx2.AsyncClient, connection: Bus, artifacts: ArtifactStore, name: str, content: str
) -> None:
    files = {"file": (name, content.encode())}
    answer = await http.post(URL, files=files, data={"name": "Upload", "mode": "review", "requested_by": ""})
    assert answer.status_code == 202, answer.text
    command, rows = await stored(connection, artifacts, answer.json()["batch_id"])
    assert command.name == "Upload"
    assert rows == [{"prompt": "One", "mode": "review", "requested_by": None}]


async def test_lines_of_a_form_are_read_like_rows(
    http: httpx2.AsyncClient, connection: Bus, artifacts: ArtifactStore
) -> None:
    lines = {"prompts": (None, "One\r\n\r\n  Two \r\n"), "mode": (None, "review")}
    answer = await http.post(URL, files=lines | {"file": ("", b"")})
    assert answer.status_code == 202, answer.text
    _, rows = await stored(connection, artifacts, answer.json()["batch_id"])
    assert [(row["prompt"], row["mode"]) for row in rows] == [("One", "review"), ("Two", "review")]
    too_long = {"prompts": (None, "One\n\n" + "x" * 16_001)}
    (error,) = assert_problem(await http.post(URL, files=too_long), 400)["errors"]
    assert error["field"] == "prompts"
    assert error["detail"].startswith("Line 3: ")


WRONG_TABLES = [
    ("question\nOne\n", "row 1", "prompt"),
    ("prompt,moode\nOne,auto\n", "row 1", "moode"),
    ("prompt,mode\nOne,auto\nTwo,manual\n", "row 3, column mode", "auto"),
    ("prompt,mode\n\nOne,auto\n,auto\n", "row 4, column prompt", "empty"),
    ("prompt,prompt\nOne,Two\n", "row 1", "twice"),
    ("prompt\nOne, two\n", "row 2", "quotes"),
    ('prompt\n"One\n', "(body)", "quotes"),
    ("prompt\n", "rows", "at least 1"),
    ("", "row 1", "prompt"),
    ("prompt\n" + "x\n" * (BATCH_MAX_ROWS + 1), "rows", "500"),
    ("prompt\n" + "x" * 16_001, "row 2, column prompt", "16,000"),
    (b"prompt\n\xff\n", "(body)", "UTF-8"),
]


@pytest.mark.parametrize(("text", "field", "remedy"), WRONG_TABLES)
async def test_a_wrong_table_is_refused_whole_with_its_row_and_column(
    http: httpx2.AsyncClient, connection: Bus, text: str | bytes, field: str, remedy: str
) -> None:
    before = await connection.jetstream.stream_info("REPORT_REQUESTS")
    content = text if isinstance(text, bytes) else text.encode()
    body = assert_problem(await http.post(URL, content=content, headers=CSV), 400)
    (error,) = body["errors"]
    assert error["field"] == field
    assert remedy in error["detail"]
    after = await connection.jetstream.stream_info("REPORT_REQUESTS")
    assert after.state.last_seq == before.state.last_seq


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"prompts": []}, "prompts"),
        ({}, "prompts"),
        ({"prompts": ["One", " "]}, "prompts.1.prompt"),
        ({"prompts": ["One", {"prompt": "Two", "mode": "x"}]}, "prompts.1.mode"),
        ({"prompts": ["One", {"promt": "Two"}]}, "prompts.1.prompt"),
        ({"prompts": ["One"], "naame": "x"}, "naame"),
        ({"prompts": ["x"] * (BATCH_MAX_ROWS + 1)}, "prompts"),
        ("One", "(body)"),
    ],
)
async def test_a_wrong_list_is_refused_with_its_place(
    http: httpx2.AsyncClient, body: object, field: str
) -> None:
    problem = assert_problem(await http.post(URL, json=body), 400)
    assert problem["errors"][0]["field"] == field


async def test_other_bodies_are_refused(http: httpx2.AsyncClient) -> None:
    assert_problem(await http.post(URL, content=b"<a/>", headers={"Content-Type": "text/xml"}), 415)
    assert_problem(await http.post(URL, content=b"{", headers={"Content-Type": "application/json"}), 400)
    assert_problem(await http.post(URL, files={"other": ("a.csv", b"prompt\n")}), 400)
    assert_problem(await http.post(URL, content=b"x" * 2_200_000, headers=CSV), 413)


PART = b'--x\r\nContent-Disposition: form-data; name="prompts"%s\r\n\r\n%s\r\n'
LAST = b"--x--\r\n"
FILE = PART.replace(b"prompts", b'file"; filename="a.csv') % (b"", b"prompt\nOne")
WRONG_FORMS = [
    (PART % (b"", b"One \xff") + LAST, "(body)"),
    (PART % (b"\r\nContent-Type: text/plain; charset=no-such", b"One") + LAST, "(body)"),
    (PART % (b"", b"One"), "(body)"),
    (PART % (b"", b"") * 1_001 + LAST, "(body)"),
    (PART % (b'; filename="a.txt"', b"One") + LAST, "prompts"),
    (PART % (b"", b"One") * 2 + LAST, "prompts"),
    (FILE * 2 + LAST, "file"),
    (FILE + PART % (b"", b"One") + LAST, "prompts"),
]


@pytest.mark.parametrize(("content", "field"), WRONG_FORMS)
async def test_a_form_of_which_something_would_be_left_out_is_refused(
    http: httpx2.AsyncClient, content: bytes, field: str
) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    (error,) = assert_problem(await http.post(URL, content=content, headers=headers), 400)["errors"]
    assert error["field"] == field


async def test_the_forms_of_a_batch_are_described(http: httpx2.AsyncClient) -> None:
    operation = (await http.get("/api/openapi.json")).json()["paths"]["/api/batches"]["post"]
    assert operation["requestBody"]["content"].keys() == {
        "application/json",
        "text/csv",
        "multipart/form-data",
    }


@pytest.mark.parametrize("resource", ["", "/events", "/archive"])
async def test_an_unknown_batch_is_not_found(http: httpx2.AsyncClient, resource: str) -> None:
    for batch_id in ("nobody", "x" * 100, "a.b"):
        body = assert_problem(await http.get(f"{URL}/{batch_id}{resource}"), 404)
        assert body["type"].endswith("batch-not-found")


async def test_a_batch_is_followed_to_its_archive(
    http: httpx2.AsyncClient,
    connection: Bus,
    artifacts: ArtifactStore,
    metadata: Metadata,
    keeper: Batches,
) -> None:
    accepted = await submit(http, "First?", "=Second?", "Third?", name="Three")
    batch_id = accepted["batch_id"]
    first, second, third = accepted["workflow_ids"]
    command, _ = await stored(connection, artifacts, batch_id)
    await keeper.store_batch(record_of(command, BatchStatus.RUNNING))
    assert_problem(await http.get(accepted["archive_url"]), 409)

    async with watching_path(http, f"{accepted['batch_url']}/events") as messages:
        snapshot = await anext(messages)
        assert (snapshot.name, snapshot.data["status"], len(snapshot.data["rows"])) == (
            "snapshot",
            "RUNNING",
            3,
        )
        await tell_progress(connection, first, Step.LLM_CALL)
        running = await anext(messages)
        record = await completed_record(artifacts, first, batch_id=batch_id)
        await metadata.store_report_metadata(record)
        failed = a_record(second, ReportStatus.FAILED, batch_id=batch_id, failure=FAILURE)
        await metadata.store_report_metadata(failed)
        await tell(connection, ReportFailed(workflow_id=second, request_id=f"{batch_id}-2", failure=FAILURE))
        told_failed = await anext(messages)
        ended = record_of(command, BatchStatus.CANCELLED, finished_at=datetime.now(UTC))
        archive = await ActivityEnvironment().run(keeper.archive_batch, ended)
        await keeper.store_batch(ended.model_copy(update={"archive": archive}))
        progress = BatchProgress(
            batch_id=batch_id,
            tenant_id="default",
            status=BatchStatus.CANCELLED,
            total=3,
            counts={},
            reports=[BatchReport(number=1, workflow_id=first, status=ReportStatus.COMPLETED)],
        )
        await tell(
            connection,
            BatchEnded(workflow_id=f"batch-{batch_id}", **progress.model_dump(exclude={"reports"})),
        )
        rest = [message async for message in messages]

    assert (running.name, running.data["row"]["status"]) == ("report", "RUNNING")
    assert running.data["counts"] == snapshot.data["counts"] | {"ACCEPTED": 2, "RUNNING": 1}
    assert (told_failed.data["row"]["number"], told_failed.data["row"]["failure"]["message"]) == (
        2,
        "No such model.",
    )
    assert [message.name for message in rest] == ["ended"]
    assert rest[0].data["counts"] == snapshot.data["counts"] | {
        "ACCEPTED": 0,
        "COMPLETED": 1,
        "FAILED": 1,
        "CANCELLED": 1,
    }
    last = {"Last-Event-ID": rest[0].id}
    assert (await http.get(f"{accepted['batch_url']}/events", headers=last)).status_code == 204
    async with watching_path(http, f"{accepted['batch_url']}/events", snapshot.id) as messages:
        assert [message.name async for message in messages] == ["snapshot", "ended"]

    third_status = (await http.get(f"/api/workflows/{third}/status")).json()
    assert third_status["status"] == "CANCELLED"
    answer = await http.get(accepted["archive_url"])
    assert answer.headers["content-type"] == "application/zip"
    assert 'filename="Three.zip"' in answer.headers["content-disposition"]
    assert len(answer.content) == int(answer.headers["content-length"]) == archive.size
    with ZipFile(io.BytesIO(answer.content)) as zipped:
        assert zipped.namelist() == ["001-the-aral-sea.pdf", "manifest.csv", "manifest.json"]
        assert zipped.read("001-the-aral-sea.pdf") == PDF
        manifest = json.loads(zipped.read("manifest.json"))
        table = zipped.read("manifest.csv").decode("utf-8-sig")
    assert [(row["number"], row["status"]) for row in manifest] == [
        (1, "COMPLETED"),
        (2, "FAILED"),
        (3, "CANCELLED"),
    ]
    assert manifest[1]["reason"] == "No such model."
    assert "'=Second?" in table
    assert await ActivityEnvironment().run(keeper.archive_batch, ended) == archive

    listed = (await http.get(URL)).json()
    assert batch_id in [item["batch_id"] for item in listed["items"]]
    assert_problem(await http.post(f"{accepted['batch_url']}/cancel"), 409)
