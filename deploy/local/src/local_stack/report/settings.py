import os
import re
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from contracts.reports import PROMPT_MAX_CHARACTERS

USAGE = 'give a question, for example: make report PROMPT="What caused the decline of the Aral Sea?"'
_LONGEST_NAME = 60


def _check_writable(path: Path) -> None:
    if path.is_dir():
        raise ValueError(f"OUT={path} is a folder; give the name of a file")
    if path.exists() and not path.is_file():
        raise ValueError(f"OUT={path} is no ordinary file; give another name")
    if not path.parent.is_dir():
        raise ValueError(f"OUT={path}: there is no folder {path.parent}; make it first")
    if not os.access(path.parent, os.W_OK):
        raise ValueError(f"OUT={path}: nothing can be written in {path.parent.resolve()}; give another name")


class ReportSettings(BaseSettings):
    """`PROMPT`, the question, and `OUT`, the file to write (by default a name made from the question)."""

    model_config = SettingsConfigDict(env_ignore_empty=True, frozen=True)

    prompt: str = Field(default="")
    out: Path | None = None

    @model_validator(mode="after")
    def _usable(self) -> Self:
        prompt = self.prompt.strip()
        if not prompt:
            raise ValueError(f"PROMPT is missing; {USAGE}")
        if len(prompt) > PROMPT_MAX_CHARACTERS:
            raise ValueError(f"PROMPT has {len(prompt)} characters; it can have {PROMPT_MAX_CHARACTERS}")
        if any("\ud800" <= character <= "\udfff" for character in prompt):
            raise ValueError("PROMPT is not text in UTF-8; write it in a terminal that uses UTF-8")
        try:
            _check_writable(self.path)
        except RuntimeError as error:
            raise ValueError(f"OUT={self.out}: there is no such home folder") from error
        except OSError as error:
            raise ValueError(f"OUT={self.out}: {error.strerror}; give another name") from error
        return self

    @property
    def path(self) -> Path:
        """Where the PDF goes."""
        if self.out is not None:
            return self.out.expanduser()
        words = re.findall(r"\w+", self.prompt.lower())
        name = ""
        for word in words:
            if len(name) + len(word) >= _LONGEST_NAME:
                break
            name = f"{name}-{word}" if name else word
        return Path(f"{name or 'report'}.pdf")
