"""An operator can list, read and send again what no consumer could use."""

import base64

import pytest
import pytest_asyncio

from contracts import subjects
from contracts.dead_letters import DeadLetter
from contracts.failures import RejectionReason
from local_stack import LocalStack
from orchestrator.dead_letters import run_command
from runtime.bus import Bus
from tests.contracts.examples import NOW

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def number(servers: LocalStack, connection: Bus, monkeypatch: pytest.MonkeyPatch) -> int:
    """The number of a letter on an otherwise empty dead-letter stream."""
    monkeypatch.setenv("NATS_URL", servers.nats_url)
    await connection.jetstream.purge_stream(subjects.DEAD_LETTERS_STREAM)
    letter = DeadLetter(
        subject="reports.v1.request.clumsy",
        stream=subjects.REQUESTS_STREAM,
        stream_sequence=9,
        deliveries=1,
        reason=RejectionReason.INVALID,
        detail="prompt: Field required",
        headers={},
        payload_base64=base64.b64encode(b'{"question": "?"}').decode(),
        failed_at=NOW,
    )
    subject = subjects.dead_letter("request", "clumsy")
    return (await connection.publish(subject, letter, message_id=str(id(letter)))).seq


async def test_letters_are_listed_with_their_reason(number: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert await run_command(["list"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.split()[0] == str(number)
    assert "reports.v1.request.clumsy  invalid: prompt: Field required" in line


async def test_a_letter_is_shown_with_its_original(number: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert await run_command(["show", str(number)]) == 0
    assert '{"question": "?"}' in capsys.readouterr().out


async def test_a_letter_that_is_sent_again_leaves_the_list(
    number: int, connection: Bus, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run_command(["replay", str(number)]) == 0
    sent = await connection.jetstream.get_last_msg(subjects.REQUESTS_STREAM, "reports.v1.request.clumsy")
    assert sent.data == b'{"question": "?"}'
    capsys.readouterr()
    assert await run_command(["list"]) == 0
    assert capsys.readouterr().out == "No dead letters.\n"
    assert await run_command(["replay", str(number)]) == 1


@pytest.mark.usefixtures("number")
@pytest.mark.parametrize("command", ["show", "replay"])
@pytest.mark.parametrize("missing", ["0", "99999", str(2**64 - 1), str(2**64), "9" * 30])
async def test_a_number_that_no_letter_has_is_told_so(
    command: str, missing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run_command([command, missing]) == 1
    assert f"There is no dead letter {missing}." in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["show"], ["show", "x"], ["forget", "1"]])
async def test_a_wrong_command_is_explained(
    servers: LocalStack,
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("NATS_URL", servers.nats_url)
    assert await run_command(arguments) == 2
    assert "usage: dlq list" in capsys.readouterr().err
