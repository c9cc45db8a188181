"""Programs and files that came with the environment's packages."""

import shutil
import sysconfig
from importlib.util import find_spec
from pathlib import Path

from local_stack.errors import StackError

REMEDY = "Run `make clean`, then try again."


def binary(name: str) -> str:
    """Find a server program installed with this environment.

    Raises:
        StackError: it is not there.

    """
    scripts = sysconfig.get_path("scripts")
    path = shutil.which(name, path=scripts)
    if path is None:
        raise StackError(f"The program {name} is not installed in {scripts}. {REMEDY}")
    return path


def packaged(package: str, *parts: str) -> Path:
    """Find a file inside an installed package, without importing the package.

    Raises:
        StackError: it is not there.

    """
    spec = find_spec(package)
    folders = (spec.submodule_search_locations if spec else None) or []
    path = Path(folders[0], *parts) if folders else None
    if path is None or not path.exists():
        raise StackError(f"{'/'.join((package, *parts))} is not installed. {REMEDY}")
    return path
