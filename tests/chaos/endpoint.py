"""The webhook endpoint of a run: keeps what it got, and whether it could be verified when it came."""

import json

from standardwebhooks import WebhookVerificationError

from tests.chaos.record import Webhook
from tests.notifier.receiver import Answer, Received, Receiver


class Endpoint(Receiver):
    """Verifies on arrival: a signature is good for five minutes only."""

    PATH = "/reports"

    def __init__(self) -> None:
        super().__init__()
        self.secret = ""
        self.webhooks: list[Webhook] = []

    def take(self, path: str, received: Received) -> Answer:
        body = json.loads(received.body)
        try:
            received.verified(self.secret)
            valid = True
        except WebhookVerificationError:
            valid = False
        hook = Webhook(received.webhook_id, body["type"], body["data"]["workflow_id"], valid)
        self.webhooks.append(hook)
        return super().take(path, received)
