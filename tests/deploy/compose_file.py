"""`docker-compose.yml` as docker compose reads it: variables put in, env files and defaults applied."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
COMPOSE_FILE = ROOT / "docker-compose.yml"
# ${NAME}, ${NAME:-default}, ${NAME:+instead}; nested ones are inside out.
_VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<operator>[-+])(?P<word>[^${}]*))?\}")


def interpolated(text: str, variables: Mapping[str, str]) -> str:
    """Put the values of variables in, as docker compose does; one that is not set is empty."""

    def value(match: re.Match[str]) -> str:
        given = variables.get(match["name"], "")
        if match["operator"] == "-":
            return given or match["word"]
        if match["operator"] == "+":
            return match["word"] if given else ""
        return given

    while _VARIABLE.search(text):
        text = _VARIABLE.sub(value, text)
    return text


@dataclass(frozen=True)
class ComposeService:
    """One service of the file; `command` replaces the image's own."""

    name: str
    image: str
    target: str | None
    """The target of deploy/images/Dockerfile that makes its image; None: it comes from elsewhere."""
    command: tuple[str, ...]
    environment: Mapping[str, str]
    replicas: int
    body: Mapping[str, Any]

    @property
    def is_ours(self) -> bool:
        """Whether it runs one of this repository's images."""
        return "durable-reports/" in self.image

    @property
    def runs_once(self) -> bool:
        """Whether it is a set-up step."""
        return str(self.body.get("restart", "")).startswith(("on-failure", "no"))

    @property
    def role(self) -> tuple[str, str]:
        """Package and role of one of our processes."""
        return self.command[2], self.command[3]


class ComposeFile:
    """The file with a user's variables put in."""

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        self._variables = variables or {}

    @cached_property
    def document(self) -> dict[str, Any]:
        """The whole file."""
        loaded: dict[str, Any] = self._put_in(yaml.safe_load(COMPOSE_FILE.read_text()))
        return loaded

    @cached_property
    def services(self) -> dict[str, ComposeService]:
        """Every service by its name, in the file's order."""
        return {name: self._service(name, body) for name, body in self.document["services"].items()}

    def _service(self, name: str, body: dict[str, Any]) -> ComposeService:
        environment: dict[str, str] = {}
        for path in body.get("env_file", ()):
            environment |= self._env_file(ROOT / path)
        environment |= {key: str(value) for key, value in body.get("environment", {}).items()}
        return ComposeService(
            name=name,
            image=body["image"],
            target=body.get("build", {}).get("target"),
            command=tuple(str(part) for part in body.get("command", ())),
            environment=environment,
            replicas=int(body.get("deploy", {}).get("replicas", 1)),
            body=body,
        )

    def _env_file(self, path: Path) -> dict[str, str]:
        lines = (line for line in path.read_text().splitlines() if line and not line.startswith("#"))
        return {
            name: interpolated(value, self._variables)
            for name, _, value in (line.partition("=") for line in lines)
        }

    def _put_in(self, node: Any) -> Any:  # noqa: ANN401 - a tree of YAML
        match node:
            case str():
                return interpolated(node, self._variables)
            case dict():
                return {key: self._put_in(value) for key, value in node.items()}
            case list():
                return [self._put_in(value) for value in node]
            case _:
                return node
