"""A webhook endpoint of a customer: a real HTTP server on loopback that does as a test tells it."""

import asyncio
import threading
from collections import defaultdict, deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from standardwebhooks import Webhook

WAIT_SECONDS = 30.0


@dataclass(frozen=True)
class Received:
    """One request as it arrived."""

    headers: dict[str, str]
    body: bytes

    @property
    def webhook_id(self) -> str:
        return self.headers["webhook-id"]

    def verified(self, secret: str) -> Any:  # noqa: ANN401 - the body is any JSON
        """Give the body after the signature, id and time were verified as a customer would."""
        return Webhook(secret).verify(self.body, self.headers)


@dataclass(frozen=True)
class Answer:
    """What a request gets; a hanging one gets nothing until the receiver closes."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    hangs: bool = False


class Receiver:
    """Listens from entering to leaving; each path is an endpoint of its own."""

    def __init__(self) -> None:
        self._requests: dict[str, list[Received]] = defaultdict(list)
        self._answers: dict[str, deque[Answer]] = defaultdict(deque)
        self._changed = threading.Condition()
        self._closed = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                answer = receiver.take(self.path, Received(headers, body))
                if answer.hangs:
                    receiver.wait_until_closed()
                    return
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if answer.status != 204:
                    self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def will_answer(self, path: str, *answers: Answer) -> None:
        """Answer the next requests so; after them, and by default, 204."""
        self._answers[path].extend(answers)

    def take(self, path: str, received: Received) -> Answer:
        with self._changed:
            self._requests[path].append(received)
            self._changed.notify_all()
            answers = self._answers[path]
            return answers.popleft() if answers else Answer()

    def wait_until_closed(self) -> None:
        self._closed.wait()

    def requests(self, path: str) -> list[Received]:
        """Give what has arrived so far."""
        with self._changed:
            return list(self._requests[path])

    async def wait_for(self, path: str, count: int) -> list[Received]:
        """Wait until so many requests have arrived, and give them all."""
        return await asyncio.to_thread(self._wait_for, path, count)

    def _wait_for(self, path: str, count: int) -> list[Received]:
        with self._changed:
            arrived = self._changed.wait_for(lambda: len(self._requests[path]) >= count, WAIT_SECONDS)
            assert arrived, f"{path}: {len(self._requests[path])} of {count} requests arrived"
            return list(self._requests[path])
