"""`SCALE="llm_worker=3 pdf_worker=2"`: how many processes of each service to run."""

from collections.abc import Mapping

from local_stack.catalogue import SERVICES, Service

MOST = 16


def parse_scale(text: str) -> dict[str, int]:
    """Read `name=count` pairs, separated by spaces or commas, into {process name: count}.

    A name is a process's name (`orchestrator-intake`) or its role alone (`intake`).

    Raises:
        ValueError: an unknown name, one given twice, or a count that is not 1 to 16.

    """
    counts: dict[str, int] = {}
    for pair in text.replace(",", " ").split():
        given, separator, count = pair.partition("=")
        if not separator:
            raise ValueError(f'"{pair}" is not name=count; for example: SCALE="llm_worker=3 pdf_worker=2"')
        name = _service(given).name
        if name in counts:
            raise ValueError(f'"{name}" is given twice')
        counts[name] = _count(given, count)
    return counts


def checked_scale(counts: Mapping[str, int]) -> dict[str, int]:
    """Apply the same checks to counts that come from code."""
    return parse_scale(" ".join(f"{name}={count}" for name, count in counts.items()))


def _service(given: str) -> Service:
    for service in SERVICES:
        if given == service.name or (given == service.role and given != "worker"):
            break
    else:
        known = ", ".join(service.name for service in SERVICES if service.scales)
        raise ValueError(f'"{given}" is no service of the stack; it has {known}')
    if not service.scales:
        raise ValueError(f'"{service.name}" cannot be scaled on one machine: it serves one port')
    return service


def _count(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST:
        raise ValueError(f'"{name}={text}": the count must be a whole number from 1 to {MOST}')
    return int(text)
