"""`make report` and `make up` as a new user runs them, with the real model of this machine."""

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pypdf
import pytest

from tests.running_stack import RunningStack

REPOSITORY = Path(__file__).parents[2]
REPORT_WITHIN_SECONDS = 170


def make(stack: RunningStack, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make in the repository with the settings of a stack that does not run."""
    environment = stack.environment() | {"MAKEFLAGS": ""}
    return subprocess.run(
        ["make", *arguments],  # noqa: S607 - make is what users type
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        timeout=REPORT_WITHIN_SECONDS,
        check=False,
    )


@pytest.mark.timeout(REPORT_WITHIN_SECONDS + 10)
def test_one_command_gives_a_pdf_and_leaves_nothing_running(folder: Path) -> None:
    stack = RunningStack(folder / "data", extra_environment={"LLM_MAX_OUTPUT_TOKENS": "200"})
    target = folder / "aral.pdf"
    prompt = 'What `caused` the $decline of the "Aral Sea"? It\'s $(bad).'
    done = make(stack, "report", f"PROMPT={prompt}", f"OUT={target}")

    assert done.returncode == 0, done.stdout + done.stderr
    assert str(target) in done.stdout
    document = pypdf.PdfReader(target)
    text = "".join(page.extract_text() for page in document.pages)
    assert "SmolLM2" in text
    assert "$decline" in text
    left = [
        process.info["cmdline"]
        for process in psutil.process_iter(["cmdline"])
        if str(stack.data_dir) in " ".join(process.info["cmdline"] or [])
    ]
    assert left == []


def test_a_missing_prompt_is_explained(folder: Path) -> None:
    done = make(RunningStack(folder / "data"), "report")
    assert done.returncode != 0
    assert "PROMPT" in done.stdout + done.stderr


def test_a_running_stack_is_reused(stack: RunningStack, folder: Path) -> None:
    target = folder / "second.pdf"
    done = make(stack, "report", "PROMPT=A report on a stack that runs already", f"OUT={target}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert target.read_bytes().startswith(b"%PDF-")
    assert stack.processes("gateway", "gateway")


def test_a_failed_report_is_a_failed_command(simulator_origin: str, folder: Path) -> None:
    """Also when somebody is impatient once it has been told."""
    stack = RunningStack(
        folder / "data", f"{simulator_origin}/nowhere", extra_environment={"LLM_MODEL": "none"}
    )
    target = folder / "never.pdf"
    asked = {"PROMPT": "A report that cannot be", "OUT": str(target)}
    command = [sys.executable, "-m", "local_stack", "report"]
    with subprocess.Popen(
        command, env=stack.environment() | asked, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        assert running.stdout is not None
        said = []
        for line in running.stdout:
            said.append(line)
            if "Stopping the stack" in line:
                running.send_signal(signal.SIGINT)
    assert running.returncode == 1, said
    assert "model_not_found" in "".join(said)
    assert "logs" in "".join(said).lower()
    assert not target.exists()


def test_interrupting_the_stack_stops_everything_it_started(simulator_origin: str, folder: Path) -> None:
    stack = RunningStack(folder / "data", f"{simulator_origin}/v1", scale="llm_worker=2 pdf_worker=2")
    stack.start()
    assert len(stack.processes("llm_worker", "worker")) == 2
    family = stack.family()
    assert len(family) >= 12
    stack.stop()
    assert [process for process in family if process.is_running()] == []
