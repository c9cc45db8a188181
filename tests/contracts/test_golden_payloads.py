"""Messages keep their form: what an older version sent can be read, and what we send can be read by it."""

import json

import pytest

from contracts.model import WireModel
from tests.contracts.examples import MESSAGES
from tests.contracts.golden_files import GOLDEN, as_json, golden_file, says_all_of


@pytest.mark.parametrize(("name", "message"), MESSAGES.items(), ids=MESSAGES.keys())
def test_a_message_is_written_as_approved(name: str, message: WireModel) -> None:
    assert says_all_of(as_json(message), json.loads(golden_file(name).read_text()))


@pytest.mark.parametrize(("name", "message"), MESSAGES.items(), ids=MESSAGES.keys())
def test_an_approved_message_is_read_in_full(name: str, message: WireModel) -> None:
    assert type(message).model_validate_json(golden_file(name).read_text()) == message


@pytest.mark.parametrize(("name", "message"), MESSAGES.items(), ids=MESSAGES.keys())
def test_a_newer_senders_field_is_passed_over(name: str, message: WireModel) -> None:
    newer = json.loads(golden_file(name).read_text()) | {"added_later": {"by": "a newer version"}}
    assert type(message).model_validate_json(json.dumps(newer)) == message


def test_a_field_that_is_missing_or_changed_is_found() -> None:
    approved = {"a": 1, "b": [{"c": None}]}
    assert says_all_of({"a": 1, "b": [{"c": None, "new": 2}], "new": 3}, approved)
    assert not says_all_of({"a": 1}, approved)
    assert not says_all_of({"a": 2, "b": [{"c": None}]}, approved)
    assert not says_all_of({"a": 1, "b": [{}]}, approved)
    assert not says_all_of({"a": 1, "b": []}, approved)


def test_every_approved_file_belongs_to_a_message() -> None:
    assert {file.stem for file in GOLDEN.glob("*.json")} == set(MESSAGES)
