"""A server that speaks the OpenAI HTTP protocol, with faults and answers chosen by the test.

In a test: ``async with LlmSimulator() as simulator: ...`` and point the client at ``simulator.base_url``.
As a process of its own: ``python tests/llm_simulator --port 8899 [--ledger FILE]``, steered by
`SimulatorClient("http://127.0.0.1:8899")`.
"""

from tests.llm_simulator.behaviour import Background, Behaviour, Fault, Rule
from tests.llm_simulator.client import SimulatorClient
from tests.llm_simulator.ledger import Entry, Event
from tests.llm_simulator.report import sample_report
from tests.llm_simulator.server import LlmSimulator

__all__ = [
    "Background",
    "Behaviour",
    "Entry",
    "Event",
    "Fault",
    "LlmSimulator",
    "Rule",
    "SimulatorClient",
    "sample_report",
]
