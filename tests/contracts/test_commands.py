"""A request is refused for a reason that its sender can act on."""

import json

import pytest
from pydantic import ValidationError

from contracts.commands import GenerateReport
from contracts.reports import PROMPT_MAX_CHARACTERS, ReportMode


def test_a_prompt_is_all_a_request_needs() -> None:
    request = GenerateReport.model_validate_json('{"prompt": "  Why is the sky blue?  "}')
    assert request.prompt == "Why is the sky blue?"
    assert request.mode is ReportMode.AUTO
    assert request.tenant_id == "default"
    assert request.workflow_id == f"report-{request.request_id}"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "prompt"),
        ({"prompt": ""}, "prompt"),
        ({"prompt": " \n\t"}, "prompt"),
        ({"prompt": "x" * (PROMPT_MAX_CHARACTERS + 1)}, "prompt"),
        ({"prompt": "a\x00b"}, "prompt"),
        ({"prompt": 7}, "prompt"),
        ({"prompt": "q", "mode": "manual"}, "mode"),
        ({"prompt": "q", "request_id": "a.b"}, "request_id"),
        ({"prompt": "q", "request_id": "*"}, "request_id"),
        ({"prompt": "q", "request_id": "x" * 65}, "request_id"),
        ({"prompt": "q", "tenant_id": "../other"}, "tenant_id"),
    ],
)
def test_a_bad_field_is_named(body: dict[str, object], field: str) -> None:
    with pytest.raises(ValidationError) as raised:
        GenerateReport.model_validate_json(json.dumps(body))
    assert [error["loc"] for error in raised.value.errors()] == [(field,)]


def test_the_longest_prompt_is_accepted() -> None:
    assert len(GenerateReport(prompt="é" * PROMPT_MAX_CHARACTERS).prompt) == PROMPT_MAX_CHARACTERS
