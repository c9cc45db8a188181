"""Messages keep their form: what an older version sent can be read, and what we send can be read by it."""

import json

import pytest

from contracts.model import WireModel
from tests.contracts.examples import MESSAGES
from tests.contracts.golden_files import GOLDEN, as_json, golden_file


@pytest.mark.parametrize(("name", "message"), MESSAGES.items(), ids=MESSAGES.keys())
def test_a_message_is_written_as_approved(name: str, message: WireModel) -> None:
    assert as_json(message) == json.loads(golden_file(name).read_text())


@pytest.mark.parametrize(("name", "message"), MESSAGES.items(), ids=MESSAGES.keys())
def test_an_approved_message_is_read_in_full(name: str, message: WireModel) -> None:
    assert type(message).model_validate_json(golden_file(name).read_text()) == message


@pytest.mark.parametrize(("name", "message"), MESSAGES.items(), ids=MESSAGES.keys())
def test_a_newer_senders_field_is_passed_over(name: str, message: WireModel) -> None:
    newer = json.loads(golden_file(name).read_text()) | {"added_later": {"by": "a newer version"}}
    assert type(message).model_validate_json(json.dumps(newer)) == message


def test_every_approved_file_belongs_to_a_message() -> None:
    assert {file.stem for file in GOLDEN.glob("*.json")} == set(MESSAGES)
