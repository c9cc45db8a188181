"""On AKS a pod reaches Blob Storage as itself: the variables that Azure's webhook sets are enough."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from runtime.artifacts import ArtifactSettings, ArtifactStore
from tests.deploy.manifests import configuration

TOKEN = "token-for-the-store"  # noqa: S105 - of this test's own server


class Azure(ThreadingHTTPServer):
    """A server on the loopback address that notes what it is asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.asked: list[tuple[str, str, str]] = []


class Answers(BaseHTTPRequestHandler):
    """As much of the sign-in service and of Blob Storage as one question needs."""

    server: Azure

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.asked.append((self.path, form["client_assertion"][0], form["client_id"][0]))
        self._answer(200, json.dumps({"access_token": TOKEN, "expires_in": 3600}).encode())

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["Authorization"], ""))
        self._answer(404, b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def azure() -> Iterator[Azure]:
    """The server, running."""
    with Azure() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


async def test_the_pods_token_is_exchanged_and_used(
    azure: Azure, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    token_file = tmp_path / "token"
    token_file.write_text("token-of-the-service-account")
    here = f"http://127.0.0.1:{azure.server_port}"
    settings = next(
        data for name, data in configuration("overlays/aks").items() if name.startswith("settings")
    )
    variables = {
        # What the webhook adds to a pod of a service account with an identity.
        "AZURE_CLIENT_ID": "client",
        "AZURE_TENANT_ID": "tenant",
        "AZURE_FEDERATED_TOKEN_FILE": str(token_file),
        "AZURE_AUTHORITY_HOST": here,
        "AZURE_STORAGE_ACCOUNT_NAME": settings["AZURE_STORAGE_ACCOUNT_NAME"],
        # In place of the cloud.
        "AZURE_STORAGE_ENDPOINT": here,
        "AZURE_ALLOW_HTTP": "true",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    store = ArtifactStore.open(ArtifactSettings(artifact_store_url=settings["ARTIFACT_STORE_URL"]))
    assert await store.find("health/probe") is None
    signed_in, asked = azure.asked
    assert signed_in == ("/tenant/oauth2/v2.0/token", "token-of-the-service-account", "client")
    assert asked == ("/artifacts/health/probe", f"Bearer {TOKEN}", "")
