"""Footnotes: their numbers, and the way from the text to a note and back."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from markdown_it.token import Token

from pdf_worker.render.blocks import Run, RunStyle


@dataclass(slots=True)
class Notes:
    """The notes of one document; numbers are the labels as written where all of them are numbers."""

    numbers: Mapping[str, str] = field(default_factory=dict)
    cited: frozenset[str] = frozenset()
    _seen: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, environment: Mapping[str, object]) -> "Notes":
        """Read what the parser found."""
        found = environment.get("footnotes")
        references = found["refs"] if isinstance(found, dict) else {}
        labels = {label.removeprefix(":"): int(number) for label, number in references.items()}
        order = sorted(labels, key=lambda label: (labels[label] < 0, labels[label]))
        numeric = all(label.isdecimal() and len(label) < 5 for label in order)
        numbers = {label: label if numeric else str(count) for count, label in enumerate(order, start=1)}
        return cls(numbers, frozenset(label for label in order if labels[label] >= 0))

    def reference(self, token: Token) -> Run:
        """Return the raised number that leads to the note."""
        label = str(token.meta["label"])
        number = self.numbers.get(label, label)
        first = label not in self._seen
        self._seen.add(label)
        anchor = f"note-{number}-cited" if first else None
        return Run(number, RunStyle(rise=1, target=f"note-{number}", anchor=anchor))

    def mark(self, label: str) -> Run:
        """Return the number before a note, which leads back to where it is cited."""
        number = self.numbers.get(label, label)
        back = f"note-{number}-cited" if label in self.cited else None
        return Run(f"{number}.", RunStyle(anchor=f"note-{number}", target=back))
