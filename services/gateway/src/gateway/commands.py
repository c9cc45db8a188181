"""Commands on subjects that take one message each: the first one stands, whoever asks."""

from typing import TypeVar

from contracts.model import WireModel
from contracts.subjects import Subject
from gateway.connections import BusLink
from runtime import fault_points
from runtime.bus import BusUnavailableError, SubjectTakenError

CommandT = TypeVar("CommandT", bound=WireModel)


class OutcomeUnknownError(Exception):
    """The bus did not confirm the command; it may hold it or not."""


class KeyReusedError(Exception):
    """The idempotency key already stands for another command."""


async def first_on(link: BusLink, subject: Subject[CommandT], command: CommandT) -> CommandT:
    """Publish a command and give the one that stands on its subject, this or an equal earlier one.

    Raises:
        OutcomeUnknownError: not confirmed; repeating is safe.
        KeyReusedError: another command stands there.

    """
    await fault_points.reach("gateway.before_publish")
    try:
        await link.bus.publish_first(subject, command)
    except SubjectTakenError:
        return await _standing(link, subject, command)
    except BusUnavailableError as error:
        raise OutcomeUnknownError(str(error)) from error
    await fault_points.reach("gateway.published")
    return command


async def _standing(link: BusLink, subject: Subject[CommandT], command: CommandT) -> CommandT:
    try:
        message = await link.bus.last(subject)
    except BusUnavailableError as error:
        raise OutcomeUnknownError(str(error)) from error
    if message is None:
        raise OutcomeUnknownError("the command that stood there is gone")
    standing = subject.payload.model_validate_json(message.data or b"")
    if _asked(standing) != _asked(command):
        raise KeyReusedError(subject.name)
    return standing


def _asked(command: WireModel) -> dict[str, object]:
    return command.model_dump(exclude={"requested_at", "traceparent"})
