"""Every line of our logs is an event with a constant name, so that it can be counted and searched for."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

LEVELS = {"debug", "info", "warning", "warn", "error", "exception", "critical", "log"}
LOGGERS = {"log", "logger"}
EVENT = re.compile(r"[a-z_]+(\.[a-z_]+)+")
SOURCES = [
    path
    for folder in ("libs/runtime/src", *(str(path) for path in Path("services").glob("*/src")))
    for path in sorted(Path(folder).rglob("*.py"))
]


def log_calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS:
            owner = node.func.value
            name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
            if name in LOGGERS:
                yield node


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_events_have_constant_names(path: Path) -> None:
    for call in log_calls(ast.parse(path.read_text())):
        event = call.args[0] if call.args else None
        where = f"{path}:{call.lineno}"
        assert isinstance(event, ast.Constant), f"{where}: the event is not a literal"
        assert EVENT.fullmatch(str(event.value)), (
            f"{where}: {event.value!r} is not a name such as report.started"
        )
        assert len(call.args) == 1, f"{where}: say what belongs to the event by keyword"


def test_the_check_sees_the_calls() -> None:
    found = [call for path in SOURCES for call in log_calls(ast.parse(path.read_text()))]
    assert len(found) > 50
