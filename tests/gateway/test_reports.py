"""A stored report can be read in every form, and one that is not done says in which state it is."""

import asyncpg
import httpx2
import pytest
import pytest_asyncio

from contracts.failures import Failure, FailureCode
from contracts.reports import ReportStatus, Step
from local_stack import LocalStack
from orchestrator.metadata import Metadata
from runtime.artifacts import ArtifactStore
from tests.gateway.behind import PDF, TEXT, a_record, completed_record

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def url(workflow_id: str) -> str:
    return f"/api/workflows/{workflow_id}"


@pytest_asyncio.fixture(loop_scope="session")
async def completed(metadata: Metadata, artifacts: ArtifactStore, workflow_id: str) -> None:
    """A report that is done."""
    title = "The Aral Sea: «причины» и/или 水"
    await metadata.store_report_metadata(await completed_record(artifacts, workflow_id, title=title))


@pytest.mark.usefixtures("completed")
async def test_a_completed_report_shows_its_result(http: httpx2.AsyncClient, url: str) -> None:
    status = (await http.get(f"{url}/status")).json()
    result = (await http.get(f"{url}/result")).json()

    assert status["status"] == "COMPLETED"
    assert {step["state"] for step in status["steps"]} == {"done"}
    assert result["markdown"] == TEXT
    assert result["pages"] == 3
    assert result["usage"] == {"input_tokens": 10, "output_tokens": 200}
    assert float(result["cost_usd"]) == 0.0123
    pdf = await http.get(result["pdf_url"])
    assert pdf.content == PDF
    assert pdf.headers["etag"] == f'"{result["sha256"]}"'


@pytest.mark.usefixtures("completed")
async def test_a_pdf_is_named_after_its_title_and_may_be_framed_by_our_pages(
    http: httpx2.AsyncClient, url: str
) -> None:
    shown = await http.get(f"{url}/pdf")
    saved = await http.get(f"{url}/pdf?download=1")
    head = await http.head(f"{url}/pdf")
    unchanged = await http.get(f"{url}/pdf", headers={"If-None-Match": shown.headers["etag"]})

    assert shown.headers["content-disposition"].startswith('inline; filename="The Aral Sea')
    assert "filename*=UTF-8''The%20Aral%20Sea%20%D0%BF" in shown.headers["content-disposition"]
    assert saved.headers["content-disposition"].startswith("attachment; ")
    assert "frame-ancestors 'self'" in shown.headers["content-security-policy"]
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(PDF))
    assert (unchanged.status_code, unchanged.content) == (304, b"")


@pytest.mark.usefixtures("completed")
async def test_a_text_is_given_as_markdown_and_as_harmless_html(http: httpx2.AsyncClient, url: str) -> None:
    draft = await http.get(f"{url}/draft")
    html = await http.get(f"{url}/html")
    assert draft.text == TEXT
    assert draft.headers["content-type"].startswith("text/markdown")
    assert "<strong>cotton</strong>" in html.text
    assert "<script" not in html.text


@pytest.mark.usefixtures("completed")
async def test_a_report_can_be_saved_in_any_form(http: httpx2.AsyncClient, url: str) -> None:
    forms = {
        form: await http.get(f"{url}/document", params={"format": form}) for form in ("pdf", "md", "html")
    }
    for form, answer in forms.items():
        assert answer.headers["content-disposition"].startswith('attachment; filename="The Aral Sea')
        assert answer.headers["content-disposition"].endswith(f".{form}")
    assert forms["pdf"].content == (await http.get(f"{url}/document")).content == PDF
    assert forms["md"].text == TEXT
    page = forms["html"].text
    assert page.startswith("<!DOCTYPE html>")
    assert "<strong>cotton</strong>" in page
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert "http" not in page.split("<main>")[0].replace("http-equiv", "")


async def test_an_unknown_form_is_refused_by_name(http: httpx2.AsyncClient, url: str) -> None:
    answer = await http.get(f"{url}/document", params={"format": "docx"})
    assert answer.status_code == 400
    assert "format" in answer.text


@pytest.mark.parametrize("resource", ["result", "pdf", "draft", "html", "document"])
async def test_a_running_report_has_no_documents_yet(
    http: httpx2.AsyncClient, metadata: Metadata, url: str, workflow_id: str, resource: str
) -> None:
    await metadata.store_report_metadata(a_record(workflow_id, ReportStatus.RUNNING))
    answer = await http.get(f"{url}/{resource}")
    assert answer.status_code == 409
    assert answer.json()["report_status"] == "RUNNING"
    assert "RUNNING" in answer.json()["detail"]


async def test_a_failed_report_says_why(
    http: httpx2.AsyncClient, metadata: Metadata, url: str, workflow_id: str
) -> None:
    failure = Failure(
        code=FailureCode.MODEL_NOT_FOUND, message="There is no model of this name.", step=Step.LLM_CALL
    )
    await metadata.store_report_metadata(a_record(workflow_id, ReportStatus.FAILED, failure=failure))
    status = (await http.get(f"{url}/status")).json()
    answer = await http.get(f"{url}/result")

    assert status["failure"] == failure.model_dump()
    assert {step["name"]: step["state"] for step in status["steps"]}["llm_call"] == "failed"
    assert answer.status_code == 409
    assert answer.json()["failure"]["code"] == "model_not_found"
    assert "There is no model of this name." in answer.json()["detail"]


async def test_a_report_that_has_ended_cannot_be_steered(
    http: httpx2.AsyncClient, metadata: Metadata, url: str, workflow_id: str
) -> None:
    await metadata.store_report_metadata(a_record(workflow_id, ReportStatus.CANCELLED))
    decision = {"revision": 1, "decision": "approve"}
    for what in ("cancel", "pause", "resume"):
        assert (await http.post(f"{url}/{what}")).status_code == 409
    assert (await http.post(f"{url}/decision", json=decision)).status_code == 409


@pytest.mark.parametrize(
    ("drafted", "step"), [(False, "llm_call"), (True, "create_pdf")], ids=["writing", "typesetting"]
)
async def test_a_cancelled_report_says_at_which_step(
    *,
    http: httpx2.AsyncClient,
    metadata: Metadata,
    artifacts: ArtifactStore,
    url: str,
    workflow_id: str,
    drafted: bool,
    step: str,
) -> None:
    record = await completed_record(artifacts, workflow_id)
    changes = {"status": ReportStatus.CANCELLED, "pdf": None, "draft": record.draft if drafted else None}
    await metadata.store_report_metadata(record.model_copy(update=changes))
    steps = (await http.get(f"{url}/status")).json()["steps"]
    assert [each["name"] for each in steps if each["state"] == "cancelled"] == [step]


async def test_another_tenants_report_does_not_exist(
    http: httpx2.AsyncClient, metadata: Metadata, url: str, workflow_id: str
) -> None:
    record = a_record(workflow_id, ReportStatus.COMPLETED, tenant_id="someone-else")
    await metadata.store_report_metadata(record)
    assert (await http.get(f"{url}/status")).status_code == 404


async def test_a_document_that_changed_in_the_store_is_not_given_out(
    http: httpx2.AsyncClient, metadata: Metadata, artifacts: ArtifactStore, url: str, workflow_id: str
) -> None:
    record = await completed_record(artifacts, workflow_id)
    assert record.pdf is not None
    wrong = record.pdf.model_copy(update={"sha256": "0" * 64})
    await metadata.store_report_metadata(record.model_copy(update={"pdf": wrong}))
    answer = await http.get(f"{url}/pdf")
    assert answer.status_code == 500
    assert answer.json()["type"].endswith(":document-damaged")


async def test_a_fault_of_ours_shows_nothing_of_the_inside(
    http: httpx2.AsyncClient, servers: LocalStack, metadata: Metadata, url: str, workflow_id: str
) -> None:
    await metadata.store_report_metadata(a_record(workflow_id, ReportStatus.RUNNING))
    async with asyncpg.create_pool(servers.database_url, min_size=1, max_size=1) as pool:
        await pool.execute("UPDATE reports SET status = 'NONSENSE' WHERE workflow_id = $1", workflow_id)
        answer = await http.get(f"{url}/status")
        await pool.execute("DELETE FROM reports WHERE workflow_id = $1", workflow_id)
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"].endswith(":internal-error")
    assert "NONSENSE" not in answer.text
    assert "pydantic" not in answer.text
