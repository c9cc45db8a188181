"""Chooses each call's behaviour and keeps the gates that held calls wait at."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass

from tests.llm_simulator.behaviour import Behaviour, Rule
from tests.llm_simulator.wire import Call


class Gate:
    """Lets chunks through by count, or all of them once it is open."""

    def __init__(self) -> None:
        self._permits = 0
        self._open = False
        self._changed = asyncio.Condition()

    async def release(self, chunks: int | None) -> None:
        """Let `chunks` more through; None opens the gate for good."""
        async with self._changed:
            self._open = self._open or chunks is None
            self._permits += chunks or 0
            self._changed.notify_all()

    async def take(self) -> None:
        """Wait for one permit and use it up."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._open or self._permits > 0)
            if not self._open:
                self._permits -= 1


@dataclass
class _Standing:
    rule: Rule
    left: int | None


class Director:
    """The script of the play: rules in the order they were given; the first that matches is used."""

    def __init__(self) -> None:
        self._rules: list[_Standing] = []
        self._gates: defaultdict[str, Gate] = defaultdict(Gate)

    def add(self, rules: list[Rule]) -> None:
        """Append rules behind those still standing."""
        self._rules += [_Standing(rule, rule.times) for rule in rules]

    async def reset(self) -> None:
        """Forget every rule, let go of every held call, start with closed gates."""
        self._rules.clear()
        for gate in self._gates.values():
            await gate.release(None)
        self._gates.clear()

    def gate(self, name: str) -> Gate:
        """Return the gate of that name; it is closed until released."""
        return self._gates[name]

    def choose(self, call: Call) -> Behaviour:
        """Return the behaviour for a call and use up one turn of its rule."""
        for standing in self._rules:
            rule = standing.rule
            if rule.prompt_contains in call.prompt and rule.endpoint in {None, call.endpoint}:
                if standing.left is not None:
                    standing.left -= 1
                    if standing.left == 0:
                        self._rules.remove(standing)
                return rule.behaviour
        return Behaviour()
