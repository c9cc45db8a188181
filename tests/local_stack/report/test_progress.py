"""The picture of a report in flight follows the gateway's events, whatever is repeated or cut."""

from local_stack.report.progress import Progress, StepLine


def test_text_is_put_together_by_offset() -> None:
    progress = Progress()
    progress.apply("snapshot", {"status": "RUNNING", "revision": 1, "steps": [], "text": "Water "})
    progress.apply("text", {"revision": 1, "offset": 6, "text": "was di"})
    progress.apply("text", {"revision": 1, "offset": 10, "text": "diverted."})
    assert progress.text == "Water was diverted."
    progress.apply("text", {"revision": 1, "offset": 0, "text": "Again"})
    assert progress.text == "Again"


def test_text_of_an_earlier_revision_is_ignored_and_a_new_one_starts_clean() -> None:
    progress = Progress()
    progress.apply("text", {"revision": 2, "offset": 0, "text": "second"})
    progress.apply("text", {"revision": 1, "offset": 0, "text": "first"})
    assert progress.text == "second"


def test_steps_come_from_snapshot_and_progress() -> None:
    progress = Progress()
    progress.apply("snapshot", {"status": "ACCEPTED", "step": None, "revision": 1, "steps": [], "text": ""})
    progress.apply(
        "progress", {"progress": {"status": "RUNNING", "steps": [{"name": "llm_call", "state": "running"}]}}
    )
    assert (progress.status, progress.steps) == ("RUNNING", [StepLine("llm_call", "running")])
    assert not progress.is_over


def test_a_failure_ends_it_with_its_code_and_a_late_event_changes_nothing() -> None:
    progress = Progress()
    progress.apply("failed", {"failure": {"code": "llm_refused", "message": "The model said no."}})
    progress.apply("progress", {"progress": {"status": "RUNNING", "steps": []}})
    assert progress.is_over
    assert (progress.status, progress.failure_code) == ("FAILED", "llm_refused")


def test_completion_leaves_no_step_open() -> None:
    progress = Progress()
    steps = [{"name": "llm_call", "state": "done"}, {"name": "send_notification", "state": "running"}]
    progress.apply("progress", {"progress": {"status": "RUNNING", "steps": steps}})
    progress.apply("completed", {"title": "Water"})
    assert progress.status == "COMPLETED"
    assert {step.state for step in progress.steps} == {"done"}


def test_a_snapshot_of_a_report_that_is_done_ends_it() -> None:
    progress = Progress()
    progress.apply("snapshot", {"status": "COMPLETED", "revision": 1, "steps": [], "text": "All of it."})
    assert progress.is_over
