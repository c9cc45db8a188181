"""A deployment's word on reviews is checked when a process starts, and refused by the variable's name."""

from datetime import timedelta

import pytest

from contracts.workflows import REVIEW_REMINDER_AFTER, REVIEW_TIMEOUT
from orchestrator.settings import ReviewSettings
from runtime.settings import InvalidSettingsError


def test_a_deployment_that_says_nothing_has_the_times_of_the_contract() -> None:
    settings = ReviewSettings()
    assert (settings.timeout, settings.reminder_after) == (REVIEW_TIMEOUT, REVIEW_REMINDER_AFTER)


def test_reminders_keep_their_share_of_another_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEW_TIMEOUT_DAYS", "3.5")
    settings = ReviewSettings()
    assert (settings.timeout, settings.reminder_after) == (timedelta(days=3.5), timedelta(days=2.5))
    monkeypatch.setenv("REVIEW_REMINDER_AFTER_DAYS", "0.5")
    assert ReviewSettings().reminder_after == timedelta(hours=12)


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"REVIEW_TIMEOUT_DAYS": "0"}, "REVIEW_TIMEOUT_DAYS"),
        ({"REVIEW_TIMEOUT_DAYS": "a week"}, "REVIEW_TIMEOUT_DAYS"),
        ({"REVIEW_REMINDER_AFTER_DAYS": "-1"}, "REVIEW_REMINDER_AFTER_DAYS"),
        ({"REVIEW_REMINDER_AFTER_DAYS": "7"}, "REVIEW_REMINDER_AFTER_DAYS: .*REVIEW_TIMEOUT_DAYS"),
    ],
)
def test_times_that_make_no_sense_are_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], named: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(InvalidSettingsError, match=named):
        ReviewSettings()
