"""What the ledger says of a call."""

from tests.llm_simulator.behaviour import Fault
from tests.llm_simulator.exchange import Exchange
from tests.llm_simulator.ledger import Entry, Event
from tests.llm_simulator.wire import Call, count_tokens


def entry(
    call: Call, event: Event, exchange: Exchange | None = None, *, response_id: str | None = None
) -> Entry:
    """Describe something that happened to a call."""
    return Entry(
        call=call.number,
        event=event,
        endpoint=call.endpoint,
        model=call.model,
        prompt=call.prompt,
        stream=call.stream,
        background=call.background,
        response_id=response_id,
        idempotency_key=exchange.headers.get("idempotency-key") if exchange else None,
    )


def billed(call: Call, outcome: str, generated: str, *, response_id: str | None = None) -> Entry:
    """Describe the end of a call: a refusal costs nothing, and neither does a call that wrote nothing."""
    tokens = {"prompt_tokens": count_tokens(call.prompt), "completion_tokens": count_tokens(generated)}
    free = outcome == Fault.STATUS or not (generated or outcome == "answered")
    made = entry(call, Event.BILLED, response_id=response_id)
    return made.model_copy(update={"outcome": outcome, **({} if free else tokens)})
