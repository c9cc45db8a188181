"""The pipeline's workflows are valid, harmless, and build every image."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from local_stack.binaries import binary
from tests.deploy.compose_file import ROOT
from tests.deploy.dockerfile import DOCKERFILE, targets

GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))


def _run(*command: str) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_actionlint_finds_nothing() -> None:
    _run(binary("actionlint"), *map(str, WORKFLOWS))


def test_zizmor_finds_nothing() -> None:
    """Nothing that a stranger could use: open permissions, text of others in scripts, unpinned actions."""
    _run(binary("zizmor"), "--offline", "--no-progress", "--quiet", str(GITHUB))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_job_may_do_only_what_it_names(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text())
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        assert isinstance(job["permissions"], dict)
        writes = {name for name, access in job["permissions"].items() if access == "write"}
        assert writes <= {"packages", "id-token"}


def test_dependabot_is_valid() -> None:
    path = GITHUB / "dependabot.yml"
    _run(binary("check-jsonschema"), "--builtin-schema", "vendor.dependabot", str(path))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_to_a_commit_and_say_its_version(path: Path) -> None:
    for line in path.read_text().splitlines():
        if "uses:" in line:
            assert re.search(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


def test_every_image_is_built_scanned_and_signed() -> None:
    workflow = yaml.safe_load((GITHUB / "workflows" / "images.yml").read_text())
    assert set(workflow["jobs"]["image"]["strategy"]["matrix"]["service"]) == targets()


def test_the_checks_run_on_what_the_images_are_made_of() -> None:
    base = re.search(r"^ARG PYTHON_IMAGE=(\S+)$", DOCKERFILE.read_text(), re.MULTILINE)
    assert base is not None
    jobs = yaml.safe_load((GITHUB / "workflows" / "test.yml").read_text())["jobs"]
    assert {job["container"] for job in jobs.values() if "container" in job} == {base[1]}
