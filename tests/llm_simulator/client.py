"""How a test directs a simulator, in this process or another."""

from types import TracebackType
from typing import Self

import httpx2

from tests.llm_simulator.behaviour import Behaviour, Rule
from tests.llm_simulator.ledger import Entries, Entry, Event


class SimulatorClient:
    """Speaks to `/_control` and `/_ledger`; an async context manager."""

    def __init__(self, origin: str) -> None:
        self._http = httpx2.AsyncClient(base_url=origin, timeout=30, trust_env=False)
        self.base_url = f"{origin}/v1"
        """What `OPENAI_BASE_URL` is to be."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def script(self, *behaviours: Behaviour, prompt_contains: str = "") -> None:
        """Use each behaviour for one call, in this order, then answer normally again."""
        await self.rules(*(Rule(behaviour=b, prompt_contains=prompt_contains) for b in behaviours))

    async def always(self, behaviour: Behaviour, prompt_contains: str = "") -> None:
        """Use the behaviour for every matching call."""
        await self.rules(Rule(behaviour=behaviour, prompt_contains=prompt_contains, times=None))

    async def rules(self, *rules: Rule) -> None:
        """Append rules; the first that matches a call is used."""
        answer = await self._http.post("/_control", json=[rule.model_dump(mode="json") for rule in rules])
        answer.raise_for_status()

    async def release(self, chunks: int | None = None, gate: str = "default") -> None:
        """Let `chunks` chunks through a gate; None opens it for good."""
        answer = await self._http.post("/_control/release", json={"gate": gate, "chunks": chunks})
        answer.raise_for_status()

    async def forget(self, response_id: str) -> None:
        """Make the provider lose a background response, as it does with old ones."""
        (await self._http.delete(f"/v1/responses/{response_id}")).raise_for_status()

    async def reset(self) -> None:
        """Forget every rule and let go of every held call. The ledger stays."""
        (await self._http.delete("/_control")).raise_for_status()

    async def ledger(self) -> list[Entry]:
        """Return every entry, oldest first."""
        return await self._entries({})

    async def wait_for(self, event: Event, count: int = 1) -> list[Entry]:
        """Return the ledger once it holds `count` entries of that event; 30 s at most."""
        return await self._entries({"event": event.value, "count": str(count)})

    async def calls(self, prompt_contains: str = "") -> int:
        """Return how many calls were asked whose messages contain that text."""
        return sum(e.event is Event.ASKED and prompt_contains in e.prompt for e in await self.ledger())

    async def _entries(self, query: dict[str, str]) -> list[Entry]:
        answer = await self._http.get("/_ledger", params=query)
        answer.raise_for_status()
        return Entries.validate_json(answer.content)
