from dataclasses import dataclass

from contracts.reports import ReportKey
from llm_worker.heartbeat import Sighting
from llm_worker.ledger import LedgerCall
from llm_worker.live_view import LiveView
from llm_worker.prompts import Conversation


@dataclass(frozen=True, slots=True)
class Assignment:
    """One attempt to have one revision written.

    `sighting` is told to Temporal while it changes; `earlier` is what the attempt before was last seen doing.
    `view` is what watchers are shown.
    """

    report: ReportKey
    attempt: int
    conversation: Conversation
    sighting: Sighting
    earlier: Sighting
    view: LiveView

    def seen_of(self, call: LedgerCall) -> Sighting:
        """Give what the attempt before told of this call, if it is the one that it was at."""
        return self.earlier if self.earlier.call_id == call.call_id else Sighting()
