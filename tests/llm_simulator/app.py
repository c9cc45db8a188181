"""The routes: the OpenAI endpoints, and `/_control` and `/_ledger` for whoever directs the play."""

from typing import Any
from urllib.parse import parse_qs

from pydantic import TypeAdapter, ValidationError

from tests.llm_simulator import chat_completions, responses
from tests.llm_simulator.behaviour import Background, Behaviour, Fault, Rule
from tests.llm_simulator.chat_completions import ChatCompletions
from tests.llm_simulator.director import Director
from tests.llm_simulator.entries import billed, entry
from tests.llm_simulator.exchange import Abandoned, ConnectionCut, Exchange, Receive, Scope, Send
from tests.llm_simulator.ledger import Entries, Event, Ledger
from tests.llm_simulator.performance import Performance
from tests.llm_simulator.responses import Responses
from tests.llm_simulator.stored import StoredResponses
from tests.llm_simulator.wire import CREATED, DEFAULT_MODEL, Call, Wire

_Rules = TypeAdapter(list[Rule])
_Request = TypeAdapter(dict[str, Any])
_BACKGROUND_REFUSED = {
    "error": {
        "message": "Unsupported parameter: 'background'.",
        "type": "invalid_request_error",
        "param": "background",
        "code": "unsupported_parameter",
    }
}


class SimulatorApp:
    """An ASGI application; one instance is one provider with its rules and its ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._director = Director()
        self._next_call = ledger.next_call()
        self._stored = StoredResponses(ledger, self._director)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._route(Exchange(scope, receive, send))

    async def _route(self, exchange: Exchange) -> None:
        match exchange.method, exchange.path:
            case "POST", (chat_completions.ENDPOINT | responses.ENDPOINT):
                await self._answer(exchange)
            case "GET", "/v1/models":
                model = {"id": DEFAULT_MODEL, "object": "model", "created": CREATED, "owned_by": "simulator"}
                await exchange.respond(200, {"object": "list", "data": [model]})
            case _, path if path.startswith(f"{responses.ENDPOINT}/"):
                await self._stored.route(exchange)
            case "POST", "/_control":
                self._director.add(_Rules.validate_json(await exchange.body()))
                await exchange.respond(200, {})
            case "DELETE", "/_control":
                await self._director.reset()
                await exchange.respond(200, {})
            case "POST", "/_control/release":
                order = _Request.validate_json(await exchange.body())
                await self._director.gate(order["gate"]).release(order["chunks"])
                await exchange.respond(200, {})
            case "GET", "/_ledger":
                await self._show_ledger(exchange)
            case _:
                await exchange.respond(404, {"error": {"message": f"Unknown path {exchange.path}"}})

    async def _show_ledger(self, exchange: Exchange) -> None:
        asked = parse_qs(exchange.query)
        if "event" in asked:
            await self._ledger.wait_for(Event(asked["event"][0]), int(asked.get("count", ["1"])[0]))
        await exchange.respond(200, Entries.dump_python(self._ledger.entries, mode="json"))

    async def _read_call(self, exchange: Exchange) -> Call:
        read = (
            chat_completions.read_call if exchange.path == chat_completions.ENDPOINT else responses.read_call
        )
        request = _Request.validate_json(await exchange.body())
        number, self._next_call = self._next_call, self._next_call + 1
        return read(number, request)

    async def _answer(self, exchange: Exchange) -> None:
        try:
            call = await self._read_call(exchange)
        except (ValidationError, KeyError, TypeError, AttributeError) as error:
            message = f"The request could not be read: {error}"
            await exchange.respond(400, {"error": {"message": message, "type": "invalid_request_error"}})
            return
        await self._ledger.record(entry(call, Event.ASKED, exchange))
        behaviour = self._director.choose(call)
        if call.background and behaviour.background is Background.REFUSED:
            await exchange.respond(400, _BACKGROUND_REFUSED)
        elif (
            call.background
            and behaviour.background is Background.OFFERED
            and behaviour.fault is not Fault.STATUS
        ):
            await self._stored.answer(exchange, call, behaviour)
        else:
            await self._perform(exchange, call, behaviour)

    async def _perform(self, exchange: Exchange, call: Call, behaviour: Behaviour) -> None:
        performance = Performance(
            exchange,
            call,
            behaviour,
            _wire(call, behaviour),
            self._director.gate(behaviour.gate),
            lambda: self._ledger.record(entry(call, Event.HELD)),
        )
        outcome = "abandoned"
        try:
            await exchange.while_connected(performance.play())
            outcome = _outcome(behaviour)
        except ConnectionCut:
            outcome = _outcome(behaviour)
            raise
        except Abandoned:
            pass
        finally:
            await self._ledger.record(billed(call, outcome, performance.generated))


def _wire(call: Call, behaviour: Behaviour) -> Wire:
    if call.endpoint == chat_completions.ENDPOINT:
        return ChatCompletions(call, behaviour)
    return Responses(call, behaviour)


def _outcome(behaviour: Behaviour) -> str:
    waited_only = {None, Fault.HANG, Fault.STALL, Fault.STEP}
    return "answered" if behaviour.fault in waited_only else str(behaviour.fault)
