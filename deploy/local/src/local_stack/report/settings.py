import re
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from contracts.reports import PROMPT_MAX_CHARACTERS

USAGE = 'give a question, for example: make report PROMPT="What caused the decline of the Aral Sea?"'
_LONGEST_NAME = 60


class ReportSettings(BaseSettings):
    """`PROMPT`, the question, and `OUT`, the file to write (by default a name made from the question)."""

    model_config = SettingsConfigDict(env_ignore_empty=True, frozen=True)

    prompt: str = Field(default="")
    out: Path | None = None

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if not self.prompt.strip():
            raise ValueError(f"PROMPT is missing; {USAGE}")
        if len(self.prompt) > PROMPT_MAX_CHARACTERS:
            raise ValueError(f"PROMPT has {len(self.prompt)} characters; it can have {PROMPT_MAX_CHARACTERS}")
        if self.path.is_dir():
            raise ValueError(f"OUT={self.path} is a folder; give the name of a file")
        if not self.path.parent.is_dir():
            raise ValueError(f"OUT={self.path}: there is no folder {self.path.parent}; make it first")
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
