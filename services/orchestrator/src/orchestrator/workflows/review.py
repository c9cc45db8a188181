"""Which decision counts: one for the draft that a person can see, and the first one for it."""

from temporalio.exceptions import ApplicationError

from contracts.workflows import (
    NOT_WAITING_FOR_REVIEW,
    REVISIONS_EXHAUSTED,
    STALE_REVISION,
    Decision,
    DecisionKind,
)


class Review:
    """The review of a report, over all its revisions."""

    def __init__(self, max_revisions: int) -> None:
        self._max_revisions = max_revisions
        self._open_revision: int | None = None
        self._decision: Decision | None = None

    @property
    def is_open(self) -> bool:
        """True while a draft waits and nobody has decided yet."""
        return self._open_revision is not None and self._decision is None

    def open(self, revision: int) -> None:
        """Show the draft of `revision` for a decision."""
        self._open_revision = revision
        self._decision = None

    def check(self, decision: Decision) -> None:
        """Refuse a decision that cannot count.

        Raises:
            ApplicationError: type `not_waiting_for_review`, `stale_revision` or `revisions_exhausted`.

        """
        if self._open_revision is not None and decision.revision != self._open_revision:
            raise ApplicationError(
                f"The decision is about revision {decision.revision}; the draft that waits for a decision is "
                f"revision {self._open_revision}. Read it and decide again.",
                type=STALE_REVISION,
            )
        if not self.is_open:
            raise ApplicationError(
                "No draft waits for a decision now: it is still being written, or has been decided.",
                type=NOT_WAITING_FOR_REVIEW,
            )
        if decision.decision is DecisionKind.REVISE and decision.revision >= self._max_revisions:
            raise ApplicationError(
                f"This report has had its {self._max_revisions} revisions. Approve or reject it.",
                type=REVISIONS_EXHAUSTED,
            )

    def decide(self, decision: Decision) -> None:
        """Take a checked decision; the review of this revision is closed."""
        self._decision = decision

    def close(self) -> Decision | None:
        """End the review of the open revision and give its decision; None when there was none."""
        decision, self._decision, self._open_revision = self._decision, None, None
        return decision
