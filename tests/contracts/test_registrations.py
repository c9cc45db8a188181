"""Each worker registers exactly the activities that the contract names for its queue.

A forgotten decorator or a mistyped name passes the type checker and fails only when a report runs.
"""

from abc import ABC
from collections.abc import Callable
from typing import Any

import pytest
from temporalio import activity, workflow

from contracts.activities.acceptance import AcceptanceActivities
from contracts.activities.batches import BatchActivities
from contracts.activities.llm import LlmActivities
from contracts.activities.metadata import MetadataActivities
from contracts.activities.notification import NotificationActivities
from contracts.activities.pdf import PdfActivities
from contracts.batches import BATCH_PROGRESS_QUERY, REPORT_BATCH_WORKFLOW
from contracts.schedules import SCHEDULED_REPORT_WORKFLOW
from contracts.workflows import (
    DECIDE_SIGNAL,
    GENERATE_REPORT_WORKFLOW,
    PAUSE_UPDATE,
    PROGRESS_QUERY,
    RESUME_UPDATE,
    SUBMIT_DECISION_UPDATE,
)
from llm_worker.activities import LlmCall
from notifier.activities import Announcements
from orchestrator.acceptance import Acceptance
from orchestrator.batches import Batches
from orchestrator.metadata import Metadata
from orchestrator.workflows.generate_report import GenerateReportWorkflow
from orchestrator.workflows.report_batch import ReportBatchWorkflow
from orchestrator.workflows.scheduled_report import ScheduledReportWorkflow
from pdf_worker.activities import Pdf

PAIRS: list[tuple[type[ABC], type]] = [
    (LlmActivities, LlmCall),
    (PdfActivities, Pdf),
    (MetadataActivities, Metadata),
    (NotificationActivities, Announcements),
    (AcceptanceActivities, Acceptance),
    (BatchActivities, Batches),
]


def registered(cls: type) -> dict[str, Callable[..., Any]]:
    definitions = {}
    for name in dir(cls):
        definition = activity._Definition.from_callable(getattr(cls, name))  # noqa: SLF001 - no public way
        if definition is not None and definition.name is not None:
            definitions[definition.name] = getattr(cls, name)
    return definitions


@pytest.mark.parametrize(("interface", "implementation"), PAIRS, ids=lambda cls: cls.__name__)
def test_a_worker_registers_what_its_interface_names(interface: type[ABC], implementation: type) -> None:
    wanted, found = registered(interface), registered(implementation)
    assert wanted.keys() == found.keys()
    assert wanted
    for name, function in found.items():
        assert name == function.__name__
        assert function.__qualname__.startswith(implementation.__name__), f"{name} is inherited"


def test_the_workflow_answers_to_the_names_on_the_wire() -> None:
    definition = workflow._Definition.must_from_class(GenerateReportWorkflow)  # noqa: SLF001 - no public way
    assert definition.name == GENERATE_REPORT_WORKFLOW == "GenerateReportWorkflow"
    assert set(definition.queries) == {PROGRESS_QUERY} == {"progress"}
    pausing = {PAUSE_UPDATE, RESUME_UPDATE}
    assert pausing == {"pause", "resume"}
    assert set(definition.signals) == {DECIDE_SIGNAL, *pausing} == {"decide", *pausing}
    assert set(definition.updates) == {SUBMIT_DECISION_UPDATE, *pausing} == {"submit_decision", *pausing}


def test_schedules_and_batches_answer_to_their_names() -> None:
    scheduled = workflow._Definition.must_from_class(ScheduledReportWorkflow)  # noqa: SLF001 - no public way
    batch = workflow._Definition.must_from_class(ReportBatchWorkflow)  # noqa: SLF001 - no public way
    assert scheduled.name == SCHEDULED_REPORT_WORKFLOW == "ScheduledReportWorkflow"
    assert batch.name == REPORT_BATCH_WORKFLOW == "ReportBatchWorkflow"
    assert set(batch.queries) == {BATCH_PROGRESS_QUERY} == {"progress"}
