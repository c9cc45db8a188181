"""What a provider call came to: how it ended, and its tokens, billed or estimated."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from contracts.reports import TokenUsage
from llm_worker.prices import Prices
from llm_worker.prompts import Conversation

CHARACTERS_PER_TOKEN = 4


class Outcome(StrEnum):
    """How a provider call ended; the closed set of the ledger's column `outcome`."""

    ANSWERED = "answered"
    UNUSABLE = "unusable"
    """Billed, but there is no report in it: empty, withheld or unreadable."""
    RATE_LIMITED = "rate_limited"
    REJECTED = "rejected"
    UNAVAILABLE = "unavailable"
    """Refused by a fault of the provider's own, or never reached it."""
    CUT = "cut"
    """The connection broke or fell silent: what the provider did is not known."""
    CANCELLED = "cancelled"
    """Stopped because its report was cancelled, or paused where the call cannot be taken up again."""
    HANDED_OVER = "handed_over"
    """This worker was told to stop before the answer was complete."""
    ABANDONED = "abandoned"
    """The worker died."""
    EXPIRED = "expired"
    """The provider no longer has the response that was to be re-attached."""


@dataclass(frozen=True, slots=True)
class Bill:
    """Tokens and their cost in USD; `cost_usd` is None when a price is not known."""

    usage: TokenUsage
    cost_usd: Decimal | None

    def __add__(self, other: "Bill") -> "Bill":
        """Sum two bills; one unknown cost makes the sum unknown."""
        known = self.cost_usd is not None and other.cost_usd is not None
        cost_usd = (self.cost_usd or 0) + (other.cost_usd or Decimal(0)) if known else None
        return Bill(self.usage + other.usage, cost_usd)


NO_BILL = Bill(TokenUsage(), Decimal(0))


@dataclass(frozen=True, slots=True)
class Settlement:
    """What closes a line of the ledger; `estimated` when the provider did not say what it billed."""

    outcome: Outcome
    bill: Bill
    estimated: bool = False
    response_id: str | None = None
    model: str | None = None


class Accountant:
    """Makes settlements: from the provider's own count, or else from the text that was seen."""

    def __init__(self, prices: Prices) -> None:
        self._prices = prices

    def free(self, outcome: Outcome) -> Settlement:
        """Settle a call that the provider refused."""
        return Settlement(outcome, NO_BILL)

    def settle(
        self,
        outcome: Outcome,
        conversation: Conversation,
        seen_characters: int,
        usage: TokenUsage | None = None,
    ) -> Settlement:
        """Settle a call that may have been billed; `usage` is what the provider says, if it said so."""
        if usage is not None:
            return Settlement(outcome, self.bill(usage))
        if not seen_characters:
            return Settlement(outcome, NO_BILL, estimated=True)
        return Settlement(outcome, self.bill(estimate(conversation, seen_characters)), estimated=True)

    def bill(self, usage: TokenUsage) -> Bill:
        """Price some tokens."""
        return Bill(usage, self._prices.cost_usd(usage))


def estimate(conversation: Conversation, seen_characters: int) -> TokenUsage:
    """Estimate tokens from characters: all that was sent, and as much of the answer as was seen."""
    sent = sum(len(message.content) for message in conversation.messages)
    return TokenUsage(
        input_tokens=-(-sent // CHARACTERS_PER_TOKEN),
        output_tokens=-(-seen_characters // CHARACTERS_PER_TOKEN),
    )
