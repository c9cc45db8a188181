from dataclasses import dataclass
from decimal import Decimal

from contracts.reports import TokenUsage
from llm_worker.settings import LlmSettings

_MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Prices:
    """USD for a million tokens; None when unknown."""

    input_per_mtok: Decimal | None
    output_per_mtok: Decimal | None

    @classmethod
    def from_settings(cls, settings: LlmSettings) -> "Prices":
        """Take the prices of the configured model."""
        return cls(settings.llm_input_price_per_mtok, settings.llm_output_price_per_mtok)

    def cost_usd(self, usage: TokenUsage) -> Decimal | None:
        """Return what the tokens cost in USD; None when a price is unknown."""
        if self.input_per_mtok is None or self.output_per_mtok is None:
            return None
        cost = usage.input_tokens * self.input_per_mtok + usage.output_tokens * self.output_per_mtok
        return cost / _MILLION
