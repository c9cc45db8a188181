"""SCALE says how many processes of a service run; a slip is refused with words that help."""

import pytest
from pydantic import ValidationError

from local_stack.scale import parse_scale
from local_stack.settings import StackSettings


def test_names_and_roles_both_count() -> None:
    assert parse_scale("llm_worker=3 pdf_worker=2") == {"llm_worker": 3, "pdf_worker": 2}
    assert parse_scale("intake=2, orchestrator-workflows=4") == {
        "orchestrator-intake": 2,
        "orchestrator-workflows": 4,
    }
    assert parse_scale("  ") == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("llm_worker", "is not name=count"),
        ("mailer=2", '"mailer" is no service of the stack; it has orchestrator-intake'),
        ("worker=2", '"worker" is no service'),
        ("pdf_worker=0", "whole number from 1 to 16"),
        ("pdf_worker=-1", "whole number from 1 to 16"),
        ("pdf_worker=two", "whole number from 1 to 16"),
        ("pdf_worker=²", "whole number from 1 to 16"),
        ("pdf_worker=17", "whole number from 1 to 16"),
        ("gateway=2", '"gateway" cannot be scaled'),
        ("intake=2 orchestrator-intake=3", "is given twice"),
    ],
)
def test_slips_are_named(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("(", r"\(")):
        parse_scale(text)


def test_the_setting_reads_the_environment_and_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCALE", "dispatcher=2")
    assert StackSettings().scale == {"notifier-dispatcher": 2}
    assert StackSettings(scale={"llm_worker": 3}).scale == {"llm_worker": 3}
    with pytest.raises(ValidationError, match="whole number"):
        StackSettings(scale={"llm_worker": 0})
