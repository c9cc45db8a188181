"""The images are what the services need and nothing more; `make images` builds and runs them."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from local_stack.binaries import binary
from tests.deploy.compose_file import ROOT
from tests.deploy.dockerfile import DOCKERFILE, LOCKS, locked, targets

SERVICES = {path.name for path in (ROOT / "services").iterdir() if (path / "pyproject.toml").exists()}


def test_the_dockerfile_has_no_fault_that_hadolint_knows() -> None:
    subprocess.run([binary("hadolint"), "--failure-threshold", "style", str(DOCKERFILE)], check=True)


def test_every_service_has_an_image_and_a_lock() -> None:
    assert targets() == SERVICES | {"model"}
    assert {path.stem for path in LOCKS.glob("*.lock")} == targets() | {"tools"}


@pytest.mark.parametrize("service", sorted(SERVICES | {"model"}))
def test_an_image_has_what_the_checks_ran_with(service: str) -> None:
    """Each package of an image is in the lock of all services, in that version; `make lock` writes both."""
    everything = locked(ROOT / "requirements.lock")
    image = locked(LOCKS / f"{service}.lock")
    assert image
    assert {name: versions for name, versions in image.items() if everything.get(name) != versions} == {}


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_an_image_has_what_its_service_asks_for(service: str) -> None:
    """A dependency that was added reached the image's lock, which `make lock` writes."""
    folders = (ROOT / "libs" / "contracts", ROOT / "libs" / "runtime", ROOT / "services" / service)
    projects = [tomllib.loads((folder / "pyproject.toml").read_text())["project"] for folder in folders]
    asked = {_name(requirement) for project in projects for requirement in project["dependencies"]}
    assert asked - {"contracts", "runtime"} - locked(LOCKS / f"{service}.lock").keys() == set()


def _name(requirement: str) -> str:
    return re.split(r"[\[><=~; ]", requirement)[0]


def test_an_image_has_only_its_own_service() -> None:
    """What only one service needs is in no other's image."""
    owners = {
        "openai": "llm_worker",
        "reportlab": "pdf_worker",
        "litestar": "gateway",
        "standardwebhooks": "notifier",
    }
    for package, owner in owners.items():
        assert {path.stem for path in LOCKS.glob("*.lock") if package in locked(path)} == {owner}


def test_the_base_is_pinned_by_digest_and_nobody_is_root() -> None:
    text = DOCKERFILE.read_text()
    bases = [line for line in text.splitlines() if line.startswith("ARG PYTHON_IMAGE=")]
    assert len(bases) == 1
    digest = bases[0].rpartition("@sha256:")[2]
    assert len(digest) == 64
    assert "\nUSER 10001:10001\n" in text


def test_only_what_images_are_made_of_is_sent_to_the_builder() -> None:
    copied = {
        part
        for line in DOCKERFILE.read_text().splitlines()
        if line.startswith("COPY ")
        for part in line.split()[1:-1]
    }
    sources = {Path(part) for part in copied if not part.startswith(("--from", "/app"))}
    allowed = {
        Path(line[1:]) for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")
    }
    assert all(any(source.is_relative_to(path) for path in allowed) for source in sources)
    assert all((ROOT / source).exists() for source in sources)
