"""What `deploy/images/Dockerfile` makes: its targets and the lock files of its environments."""

import re
from pathlib import Path

from tests.deploy.compose_file import ROOT

DOCKERFILE = ROOT / "deploy" / "images" / "Dockerfile"
LOCKS = ROOT / "deploy" / "images" / "requirements"

_TARGET = re.compile(r"^FROM service AS (\w+)$", re.MULTILINE)
_PINNED = re.compile(r"^([a-z0-9-]+)==(\S+?)(?: ;.*)? \\$", re.MULTILINE)


def targets() -> set[str]:
    """Name the images that are made."""
    return set(_TARGET.findall(DOCKERFILE.read_text()))


def locked(path: Path) -> dict[str, set[str]]:
    """Read a lock file: {package: versions}; a package may have one for each version of Python."""
    versions: dict[str, set[str]] = {}
    for name, version in _PINNED.findall(path.read_text()):
        versions.setdefault(name, set()).add(version)
    return versions
