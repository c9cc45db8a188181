"""A question reaches the program as it was typed, whatever make and the shell think of its characters."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "prompt",
    [
        "What did it cost: $5, $$6 or $(HOME)?",
        "$(shell touch pwned) `touch pwned` $(touch pwned) ; touch pwned",
        'it\'s "quoted" # and commented \\n, 100% 中文',
        "two\nlines",
    ],
)
def test_the_prompt_is_data(tmp_path: Path, prompt: str) -> None:
    show = tmp_path / "python"
    show.write_text('#!/bin/sh\nprintf "%s" "$PROMPT"\n')
    show.chmod(0o755)
    command = ["make", "--silent", "--assume-old=.venv/.installed", f"--file={ROOT / 'Makefile'}"]
    command += [f"--directory={ROOT}", "report", f"BIN={tmp_path}", f"PROMPT={prompt}"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    assert shown.stdout == prompt
    assert not (ROOT / "pwned").exists()


def test_make_alone_lists_every_target() -> None:
    listed = subprocess.run(
        ["make", "--silent", f"--directory={ROOT}"],  # noqa: S607 - whichever make the developer has
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for target in ("report", "up", "test", "chaos", "bench", "lock", "clean"):
        assert f"make {target} " in listed
