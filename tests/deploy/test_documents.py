"""The documents name only what there is: files, headings, settings, targets, addresses, metrics, commands."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from gateway.app import HANDLERS
from runtime.metrics.catalogue import FOREIGN, METRICS
from tests.deploy.compose_file import ROOT

DOCUMENTS = sorted(
    path
    for pattern in ("*.md", ".env.example", "docs/*.md", "docs/adr/*.md", "docs/runbooks/*.md", "deploy/*.md")
    for path in ROOT.glob(pattern)
)
FOLDERS = ("libs", "services", "deploy", "tests", "benchmarks", ".github")
CODE = {".py", ".sh", ".yml", ".yaml", ".tf", ".env"}
_LINK = re.compile(r"\]\((?P<file>[^)#:\s]*)(?:#(?P<heading>[^)\s]+))?\)")
_SETTING = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")
_MAKE = re.compile(r"(?:`|\$ )make (?P<target>[a-z]+)(?P<settings>[^`\n]*)")
_ADDRESS = re.compile(r"(?<![\w./])/(?:api|health|metrics|operations|grafana)\b[\w/{}<>.…-]*")
_METRIC = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+_(?:total|seconds(?:_bucket|_sum|_count)?)\b")
_MODULE = re.compile(r"python -m (?P<module>[a-z][\w.]*)(?:\s(?P<role>[a-z]+))?")


@pytest.fixture(params=DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def document(request: pytest.FixtureRequest) -> Path:
    """Each document in turn."""
    path: Path = request.param
    return path


def test_links_lead_somewhere(document: Path) -> None:
    for link in _LINK.finditer(re.sub(r"`[^`\n]+`", "", document.read_text())):
        target = document.parent / link["file"] if link["file"] else document
        assert target.exists(), link[0]
        if link["heading"]:
            assert link["heading"] in _headings(target), link[0]


def test_settings_are_read_by_something(document: Path) -> None:
    words = _words_of_code()
    for name in _SETTING.findall(document.read_text()):
        assert name in words or name.lower() in words, name


def test_make_knows_its_targets_and_their_settings(document: Path) -> None:
    makefile = (ROOT / "Makefile").read_text()
    for command in _MAKE.finditer(document.read_text()):
        assert re.search(rf"^{command['target']}:", makefile, re.MULTILINE), command[0]
        for name in re.findall(r"\b([A-Z]+)=", command["settings"]):
            assert re.search(rf"\b{name}\b", makefile), command[0]


def test_addresses_are_answered(document: Path) -> None:
    served = {_shape(path) for handler in HANDLERS for path in handler.paths} | {
        "/metrics",
        "/api/openapi.json",
    }
    for address in _ADDRESS.findall(document.read_text()):
        shape = _shape(address.rstrip(".…"))
        assert shape in served or any(path.startswith(f"{shape.rstrip('/')}/") for path in served), address


def test_metrics_are_in_the_catalogue(document: Path) -> None:
    known = {definition.name for definition in (*METRICS, *FOREIGN)}
    words = _words_of_code()
    for name in _METRIC.findall(document.read_text()):
        # Fields of messages and names of settings end like metrics.
        assert re.sub(r"_(bucket|sum|count)$", "", name) in known or name in words, name


def test_commands_can_be_run(document: Path) -> None:
    for command in _MODULE.finditer(document.read_text()):
        assert find_spec(command["module"]), command[0]
        main = ROOT / "services" / command["module"] / "src" / command["module"] / "__main__.py"
        if command["role"] and main.exists():
            assert re.search(rf"\b{command['role']}\b", main.read_text()), command[0]


def _headings(path: Path) -> set[str]:
    """Give a document's headings as links name them."""
    titles = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def _shape(path: str) -> str:
    """Give an address with its parameters made alike."""
    return re.sub(r"\{[^}]*\}|<[^>]*>|[^/]*…", "*", path)


@cache
def _words_of_code() -> frozenset[str]:
    return frozenset(word for path in _code() for word in re.findall(r"\w+", path.read_text()))


def _code() -> Iterator[Path]:
    yield ROOT / "Makefile"
    yield ROOT / "docker-compose.yml"
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in CODE and path != Path(__file__):
                yield path
