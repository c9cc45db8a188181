"""The Kubernetes manifests as a cluster gets them: what kustomize makes of each overlay and component."""

import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from local_stack.binaries import binary
from tests.deploy.compose_file import ROOT

KUBERNETES = ROOT / "deploy" / "kubernetes"
OVERLAYS = ("base", "overlays/dev", "overlays/aks", "servers")
# Components that no overlay has: each is tried on its own.
VARIANTS = ("ingress", "cloudnative-pg", "tracing")
# Groups whose kinds are all Kubernetes' own.
BUILT_IN = ("apps", "batch", "policy", "networking.k8s.io", "v1")
OURS = (
    "gateway",
    "orchestrator-intake",
    "orchestrator-workflows",
    "orchestrator-metadata",
    "llm-worker",
    "pdf-worker",
    "notifier-announcer",
    "notifier-dispatcher",
)

Manifest = dict[str, Any]


@cache
def rendered(name: str) -> tuple[Manifest, ...]:
    """Render an overlay, or a component laid over the base, by its path below deploy/kubernetes."""
    if name in VARIANTS:
        with TemporaryDirectory(dir=KUBERNETES / "overlays") as folder:
            (Path(folder) / "kustomization.yaml").write_text(
                f"namespace: temporal-ai\nresources: [../../base]\ncomponents: [../../components/{name}]\n"
            )
            return _render(Path(folder))
    return _render(KUBERNETES / name)


def _render(folder: Path) -> tuple[Manifest, ...]:
    command = [binary("kubectl"), "kustomize", str(folder)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return tuple(yaml.safe_load_all(done.stdout))


def of_kind(name: str, *kinds: str) -> dict[str, Manifest]:
    """Give an overlay's objects of some kinds by their names."""
    return {each["metadata"]["name"]: each for each in rendered(name) if each["kind"] in kinds}


def pods(name: str) -> Iterator[tuple[str, Manifest]]:
    """Give each workload's name and the pod that it makes."""
    for each in rendered(name):
        match each["kind"]:
            case "Deployment" | "StatefulSet" | "Job":
                yield each["metadata"]["name"], each["spec"]["template"]
            case "CronJob":
                yield each["metadata"]["name"], each["spec"]["jobTemplate"]["spec"]["template"]


def containers(pod: Manifest) -> Iterator[Manifest]:
    """Give all containers of a pod."""
    yield from pod["spec"].get("initContainers", ())
    yield from pod["spec"]["containers"]


def configuration(name: str) -> dict[str, dict[str, str]]:
    """Give the values of an overlay's ConfigMaps by their names as they are rendered."""
    return {key: each.get("data", {}) for key, each in of_kind(name, "ConfigMap").items()}
