"""`python -m local_stack up|report`; settings come from the environment."""

import argparse
import asyncio
import errno
import sys

from pydantic import ValidationError
from rich.console import Console

from local_stack.errors import StackError
from local_stack.report.command import report
from local_stack.report.settings import ReportSettings
from local_stack.settings import StackSettings
from local_stack.up import up

USAGE_ERROR = 2
NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


def main() -> int:
    """Run the command; return the exit code: 0 done, 1 failed, 2 wrong settings, 130 interrupted."""
    parser = argparse.ArgumentParser(prog="python -m local_stack")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="run the stack until Ctrl-C")
    commands.add_parser("report", help="write the report that PROMPT asks for, to OUT")
    command = parser.parse_args().command
    console = Console()
    try:
        settings = StackSettings()
        if command == "up":
            return asyncio.run(up(settings, console))
        return asyncio.run(report(settings, ReportSettings(), console))
    except ValidationError as error:
        complain(_describe(error))
        return USAGE_ERROR
    except StackError as error:
        complain(str(error))
        return 1
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        complain(f"{error.strerror}. Make room in {settings.data_dir}, or set another DATA_DIR.")
        return 1


def complain(message: str) -> None:
    """Print an error to the terminal's error stream."""
    Console(stderr=True).print(message, markup=False, highlight=False, soft_wrap=True)


def _describe(error: ValidationError) -> str:
    lines = []
    for problem in error.errors():
        name = "_".join(str(part) for part in problem["loc"]).upper()
        message = problem["msg"].removeprefix("Value error, ")
        lines.append(f"{name}: {message}" if name else message)
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
