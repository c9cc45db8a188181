"""A draft waits for its decision, for days if need be."""

from collections.abc import Callable

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from contracts.events import ReportDraftReady, ReportReviewReminder
from contracts.failures import FailureCode
from contracts.workflows import Decision, ReportInput
from orchestrator.workflows.announcer import Announcer
from orchestrator.workflows.details import length
from orchestrator.workflows.pause import Pause
from orchestrator.workflows.report_state import ReportState
from orchestrator.workflows.review import Review
from orchestrator.workflows.review_clock import ReviewClock


class WaitingForReview:
    """One draft's wait; `show` is called when what watchers can see of it has changed."""

    def __init__(
        self,
        review: Review,
        pause: Pause,
        state: ReportState,
        announcer: Announcer,
        show: Callable[[], None],
    ) -> None:
        self._review = review
        self._pause = pause
        self._state = state
        self._announcer = announcer
        self._show = show

    async def decision(self, request: ReportInput) -> Decision:
        """Announce the open draft, wait, remind once; give the decision, which counts even while paused.

        Raises:
            ApplicationError: type `review_timed_out`.

        """
        await self._announce()
        clock = ReviewClock(request.review_timeout, request.review_reminder_after)
        while self._review.is_open:
            await workflow.wait_condition(lambda: not self._pause.is_on or not self._review.is_open)
            await self._wait(clock)
            if self._review.is_open and clock.is_over:
                raise ApplicationError(
                    f"Nobody decided about the draft within {length(request.review_timeout)}.",
                    type=FailureCode.REVIEW_TIMED_OUT,
                )
            if self._review.is_open and clock.take_reminder():
                self._remind(clock)
        decision = self._review.close()
        assert decision is not None  # noqa: S101 - a review that is no longer open was decided
        return decision

    async def _wait(self, clock: ReviewClock) -> None:
        """Let the clock run until there is something to do."""
        clock.start(workflow.now())
        self._show_until(clock)
        self._announcer.tell(self._state.progress())
        try:
            await workflow.wait_condition(
                lambda: self._pause.is_on or not self._review.is_open,
                timeout=clock.until_next,
                timeout_summary=f"review of revision {self._state.revision}",
            )
        except TimeoutError:
            pass
        finally:
            clock.stop(workflow.now())
            self._show_until(clock)

    async def _announce(self) -> None:
        answer = self._state.answer
        assert answer is not None  # noqa: S101 - a review is opened for an answer
        ready = ReportDraftReady(**self._state.key.model_dump(), title=answer.title, draft=answer.draft)
        await self._announcer.send(ready, about=self._about)

    def _remind(self, clock: ReviewClock) -> None:
        answer = self._state.answer
        assert answer is not None  # noqa: S101 - as above
        reminder = ReportReviewReminder(
            **self._state.key.model_dump(),
            title=answer.title,
            draft=answer.draft,
            decide_by=workflow.now() + clock.remaining,
        )
        self._announcer.send_in_background(reminder, about=self._about)

    @property
    def _about(self) -> str:
        return f"r{self._state.revision}"

    def _show_until(self, clock: ReviewClock) -> None:
        self._state.review_until = clock.until
        self._show()
