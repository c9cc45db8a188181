"""The approved JSON of every message; `python -m tests.contracts.golden_files` writes what is new.

A file that exists is never rewritten: its bytes are what other systems send and expect.
"""

import json
from pathlib import Path

from contracts.model import WireModel
from tests.contracts.examples import MESSAGES

GOLDEN = Path(__file__).with_name("golden")


def golden_file(name: str) -> Path:
    """Path of one message's approved JSON."""
    return GOLDEN / f"{name}.json"


def as_json(message: WireModel) -> object:
    """Give a message as the JSON that goes over the wire."""
    parsed: object = json.loads(message.model_dump_json())
    return parsed


def says_all_of(message: object, approved: object) -> bool:
    """Tell whether a message says what is approved; it may say more, by fields that were added later."""
    if isinstance(approved, dict):
        return isinstance(message, dict) and all(
            name in message and says_all_of(message[name], value) for name, value in approved.items()
        )
    if isinstance(approved, list):
        return (
            isinstance(message, list)
            and len(message) == len(approved)
            and all(map(says_all_of, message, approved))
        )
    return message == approved


def main() -> None:
    """Write the files that do not exist yet."""
    GOLDEN.mkdir(exist_ok=True)
    for name, message in MESSAGES.items():
        file = golden_file(name)
        if not file.exists():
            file.write_text(json.dumps(as_json(message), indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
