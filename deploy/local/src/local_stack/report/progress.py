"""What is known of a report in flight, from the gateway's stream of events."""

from dataclasses import dataclass, field
from typing import Any

COMPLETED, FAILED, CANCELLED = "COMPLETED", "FAILED", "CANCELLED"
_ENDINGS = {"completed": COMPLETED, "failed": FAILED, "cancelled": CANCELLED}


@dataclass(frozen=True)
class StepLine:
    """A step and how far it is: pending, running, done, failed or cancelled."""

    name: str
    state: str


@dataclass
class Progress:
    """The picture that the events so far give."""

    status: str = "ACCEPTED"
    steps: list[StepLine] = field(default_factory=list)
    text: str = ""
    revision: int = 1
    failure_code: str = ""
    failure_message: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self.status in _ENDINGS.values()

    def apply(self, event: str, data: dict[str, Any]) -> None:
        """Take in one event of the stream; unknown ones are for later versions."""
        match event:
            case "snapshot":
                self._take_progress(data)
                self.text = data.get("text") or ""
            case "text":
                self._take_text(data)
            case "started" | "progress":
                self._take_progress(data.get("progress") or {})
            case "completed" | "failed" | "cancelled":
                self.status = _ENDINGS[event]
                # The end is announced by the last step itself, so no progress follows it.
                if event == "completed":
                    self.steps = [StepLine(step.name, "done") for step in self.steps if step.name != "review"]
                self._take_failure(data)

    def _take_progress(self, data: dict[str, Any]) -> None:
        if not self.is_over:
            self.status = data.get("status") or self.status
        self.revision = data.get("revision") or self.revision
        if steps := data.get("steps"):
            self.steps = [StepLine(step["name"], step["state"]) for step in steps]
        self._take_failure(data)

    def _take_text(self, data: dict[str, Any]) -> None:
        revision = data.get("revision", self.revision)
        if revision < self.revision:
            return
        if revision > self.revision:
            self.revision, self.text = revision, ""
        # A model that was asked again writes over what it wrote before.
        self.text = self.text[: data["offset"]] + data["text"]

    def _take_failure(self, data: dict[str, Any]) -> None:
        if failure := data.get("failure"):
            self.failure_code = failure.get("code", "")
            self.failure_message = failure.get("message", "")
