"""The provider's store of background responses, and the requests that concern one of them."""

import asyncio
from http import HTTPStatus
from urllib.parse import parse_qs

from tests.llm_simulator import responses
from tests.llm_simulator.background import BackgroundResponse
from tests.llm_simulator.behaviour import Behaviour, Fault
from tests.llm_simulator.director import Director
from tests.llm_simulator.entries import billed, entry
from tests.llm_simulator.exchange import Abandoned, ConnectionCut, Exchange
from tests.llm_simulator.ledger import Event, Ledger
from tests.llm_simulator.wire import Call


class StoredResponses:
    """Creates, shows, streams and cancels background responses."""

    def __init__(self, ledger: Ledger, director: Director) -> None:
        self._ledger = ledger
        self._director = director
        self._responses: dict[str, BackgroundResponse] = {}
        self._generating: dict[str, asyncio.Task[None]] = {}

    async def answer(self, exchange: Exchange, call: Call, behaviour: Behaviour) -> None:
        """Create a response and stream it to whoever asked for it."""
        gate = self._director.gate(behaviour.gate)

        async def held() -> None:
            await self._ledger.record(entry(call, Event.HELD))

        if behaviour.fault is Fault.HANG:
            await held()
            await exchange.while_connected(gate.take())
        response = BackgroundResponse(call, behaviour, gate, held)
        response_id = response.wire.response_id
        await self._ledger.record(entry(call, Event.CREATED, exchange, response_id=response_id))
        self._responses[response_id] = response
        self._generating[response_id] = asyncio.create_task(self._generate(response))
        if call.stream:
            await self._deliver(exchange, response, after=-1, faulty=True)
        else:
            await exchange.respond(HTTPStatus.OK, response.shown())

    async def route(self, exchange: Exchange) -> None:
        """Serve `GET` and `DELETE /v1/responses/<id>` and `POST /v1/responses/<id>/cancel`."""
        response_id, _, action = exchange.path.removeprefix(f"{responses.ENDPOINT}/").partition("/")
        response = self._responses.get(response_id)
        if response is None or response.forgotten:
            message = f"Response with id '{response_id}' not found."
            error = {"message": message, "type": "invalid_request_error", "param": "id", "code": None}
            await exchange.respond(HTTPStatus.NOT_FOUND, {"error": error})
        elif exchange.method == "POST" and action == "cancel":
            await self._end(response, "cancelled")
            await exchange.respond(HTTPStatus.OK, response.shown())
        elif exchange.method == "DELETE":
            response.forgotten = True
            await self._end(response, "cancelled")
            await exchange.respond(HTTPStatus.OK, {"id": response_id, "object": "response", "deleted": True})
        else:
            await self._retrieve(exchange, response)

    async def _retrieve(self, exchange: Exchange, response: BackgroundResponse) -> None:
        asked = parse_qs(exchange.query)
        if asked.get("stream") != ["true"]:
            await exchange.respond(HTTPStatus.OK, response.shown())
            return
        await self._ledger.record(
            entry(response.call, Event.RETRIEVED, response_id=response.wire.response_id)
        )
        after = int(asked.get("starting_after", ["-1"])[0])
        await self._deliver(exchange, response, after=after, faulty=False)

    async def _deliver(
        self, exchange: Exchange, response: BackgroundResponse, *, after: int, faulty: bool
    ) -> None:
        try:
            await exchange.body_read()
            await exchange.while_connected(response.deliver(exchange, after, faulty=faulty))
        except Abandoned:
            pass
        except ConnectionCut:
            if response.forgotten:
                await self._end(response, str(Fault.EXPIRE))
            raise

    async def _generate(self, response: BackgroundResponse) -> None:
        outcome = "cancelled"
        try:
            await response.generate()
            outcome = str(Fault.ERROR_EVENT) if response.status == "failed" else "answered"
        except asyncio.CancelledError:
            if response.forgotten:
                outcome = str(Fault.EXPIRE)
        finally:
            made = billed(response.call, outcome, response.generated, response_id=response.wire.response_id)
            await self._ledger.record(made)

    async def _end(self, response: BackgroundResponse, status: str) -> None:
        if response.ended:
            return
        generating = self._generating[response.wire.response_id]
        generating.cancel()
        await asyncio.gather(generating, return_exceptions=True)
        if not response.ended:
            await response.stop(status)
