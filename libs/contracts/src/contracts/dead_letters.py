"""Messages that no consumer could use, kept with the reason."""

from datetime import datetime

from contracts.failures import RejectionReason
from contracts.model import WireModel


class DeadLetter(WireModel):
    """A message that was given up: `payload_base64` is the original, byte for byte."""

    subject: str
    stream: str
    stream_sequence: int
    deliveries: int
    reason: RejectionReason
    detail: str
    headers: dict[str, str]
    payload_base64: str
    failed_at: datetime
