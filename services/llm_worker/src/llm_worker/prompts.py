"""What is said to the model. Short enough for a small one, which learns the form from the example."""

from collections.abc import Sequence
from dataclasses import dataclass

from llm_worker.providers.provider import Message

SYSTEM = """\
You are a research analyst. You answer every question with a detailed research report in Markdown.
The report begins with "# " and a title. Its sections have "## " headings: Summary, Background, Findings, \
Discussion, Conclusion. It uses paragraphs, bullet lists and, where figures are compared, a table. \
It says what is uncertain. It is written in the language of the question."""

EXAMPLE_QUESTION = "Why is the sky blue?"

EXAMPLE_REPORT = """\
# Why the Sky Is Blue

## Summary

The sky is blue because air scatters short waves of sunlight more strongly than long ones.

## Background

Sunlight holds all colours. On its way to the ground it meets molecules of nitrogen and oxygen.

## Findings

- **Scattering:** blue light is scattered about four times as strongly as red light.
- **Sunset:** in the evening the way through the air is longer, and red light remains.

| Colour | Wavelength |
|--------|-----------:|
| Blue   | 470 nm     |
| Red    | 665 nm     |

## Discussion

Violet is scattered even more, but sunlight holds less of it and our eyes see it badly.

## Conclusion

The colour of the sky follows from the size of the molecules in the air."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """What is asked: the person's own prompt, and the messages that are sent for it."""

    prompt: str
    messages: tuple[Message, ...]


def ask_for_report(
    prompt: str, previous_draft: str | None = None, instructions: Sequence[str] = ()
) -> Conversation:
    """Ask for one revision of a report.

    `previous_draft` is the Markdown of the revision before; `instructions` are all that were given, oldest
    first.
    """
    messages = (
        Message("system", SYSTEM),
        Message("user", EXAMPLE_QUESTION),
        Message("assistant", EXAMPLE_REPORT),
        Message("user", _question(prompt, previous_draft, instructions)),
    )
    return Conversation(prompt, messages)


def _question(prompt: str, previous_draft: str | None, instructions: Sequence[str]) -> str:
    parts = [prompt.strip()]
    if previous_draft is not None:
        parts.append(f"This is the report as it stands:\n\n{previous_draft.strip()}")
    if instructions:
        steps = "\n".join(f"{number}. {text.strip()}" for number, text in enumerate(instructions, start=1))
        parts.append(f"Write the whole report again and follow these instructions:\n{steps}")
    return "\n\n".join(parts)
