"""What a test can tell the simulator to do: rules that match a call and give it a behaviour."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Fault(StrEnum):
    """How a call goes wrong, or waits."""

    STATUS = "status"
    """Answer with the HTTP `status` and an OpenAI error body; nothing is billed."""
    HANG = "hang"
    """Send nothing, not even headers, until released; then answer."""
    STALL = "stall"
    """Stream `after_chunks` chunks, then send nothing until released; then go on."""
    STEP = "step"
    """Stream `after_chunks` chunks, then one more for each that is released."""
    CUT = "cut"
    """Break the connection after `after_chunks` chunks (not streaming: in the middle of the body)."""
    GARBAGE = "garbage"
    """Send broken JSON after `after_chunks` chunks (not streaming: as the body)."""
    ERROR_EVENT = "error_event"
    """Send an error object inside the stream after `after_chunks` chunks (not streaming: as `STATUS`).

    A background response fails there instead, and says so to whoever retrieves it.
    """
    MUTE = "mute"
    """A background response whose stream falls silent after `after_chunks` chunks; it goes on alone."""
    EXPIRE = "expire"
    """A background response that is cut after `after_chunks` chunks and forgotten: retrieving it is 404."""
    EMPTY = "empty"
    """Answer well-formed, with no text."""


class Background(StrEnum):
    """What a server makes of `background: true`."""

    OFFERED = "offered"
    REFUSED = "refused"
    """400 that names the parameter."""
    IGNORED = "ignored"
    """Accepted without effect: the answer lives as long as its connection.

    As at a server of that kind that was looked at, its events carry no numbers and only the fields in use.
    """


class Behaviour(BaseModel):
    """How one call is answered. The default is the sample report for its prompt, at once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fault: Fault | None = None
    status: int = Field(default=500, ge=400, le=599)
    error_code: str | None = None
    retry_after: str | None = None
    """The Retry-After header, as it is to be sent: seconds or an HTTP date."""
    after_chunks: int = Field(default=3, ge=0)
    gate: str = "default"
    """The gate that `HANG`, `STALL` and `STEP` wait at."""
    text: str | None = None
    model: str | None = None
    """The model that the answer names; None echoes the one asked for."""
    finish_reason: str = "stop"
    chunk_chars: int = Field(default=32, ge=1)
    utf16: bool = False
    """True cuts chunks where UTF-16 can be cut, through the middle of characters, as some servers do."""
    chunk_delay: float = Field(default=0.0, ge=0)
    """Seconds between two chunks."""
    usage: bool = True
    """False leaves token counts out, as some compatible servers do."""
    keeps_limit: bool = True
    """False writes on past the token limit that it was sent."""
    background: Background = Background.OFFERED


class Rule(BaseModel):
    """A behaviour for calls by their messages and their endpoint; spent after `times` calls."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    behaviour: Behaviour
    prompt_contains: str = ""
    endpoint: str | None = None
    """`/v1/responses` or `/v1/chat/completions`; None: both."""
    times: int | None = Field(default=1, ge=1)
    """None: for every matching call."""
