"""The servers of others are the same, and set the same, wherever they run."""

import re
from typing import Any

import yaml

from local_stack.servers import temporal
from tests.deploy.compose_file import ROOT, ComposeFile
from tests.deploy.manifests import KUBERNETES, containers, pods


def _values(name: str) -> Any:  # noqa: ANN401 - a tree of YAML
    return yaml.safe_load((KUBERNETES / "servers" / f"{name}.yaml").read_text())


def test_each_server_has_one_version() -> None:
    """Docker compose, the manifests and the charts' values name the same images."""
    images = {service.image for service in ComposeFile().services.values() if not service.is_ours}
    for name in ("overlays/dev", "overlays/aks"):
        for _, pod in pods(name):
            images |= {each["image"] for each in containers(pod) if "durable-reports/" not in each["image"]}
    images.add(f"nats:{_values('nats')['container']['image']['tag']}")
    versions: dict[str, set[str]] = {}
    for image in images:
        repository, _, version = image.partition(":")
        versions.setdefault(repository, set()).add(version)
    assert {repository: found for repository, found in versions.items() if len(found) > 1} == {}


def test_a_confirmed_message_is_on_the_disk_everywhere() -> None:
    assert _values("nats")["config"]["jetstream"]["merge"] == {"sync_interval": "<< always >>"}
    text = (ROOT / "deploy" / "compose" / "nats" / "nats.conf").read_text()
    assert re.search(r"^  sync_interval: always$", text, re.MULTILINE)


def test_temporal_is_tuned_alike_everywhere() -> None:
    """One machine by flags, docker compose by a file, the chart by values."""
    local = dict(setting.split("=") for setting in temporal.DYNAMIC_CONFIG)
    compose = yaml.safe_load((ROOT / "deploy" / "compose" / "temporal" / "dynamic.yaml").read_text())
    chart = _values("temporal")["server"]["dynamicConfig"]
    assert compose == chart
    assert {name: str(rules[0]["value"]).lower() for name, rules in chart.items()} == local
    flags = [
        flag.removeprefix("--dynamic-config-value=")
        for name, pod in pods("overlays/dev")
        if name == "temporal"
        for flag in next(containers(pod))["args"]
        if flag.startswith("--dynamic-config-value=")
    ]
    assert dict(flag.split("=") for flag in flags) == local


def test_the_charts_run_where_the_settings_say() -> None:
    """Release names and namespaces make the addresses that the base has."""
    settings = (KUBERNETES / "base" / "kustomization.yaml").read_text()
    assert "NATS_URL=nats://nats.nats.svc:4222" in settings
    assert "TEMPORAL_ADDRESS=temporal-frontend.temporal.svc:7233" in settings
    readme = (ROOT / "deploy" / "README.md").read_text()
    assert "helm upgrade --install nats nats/nats --version 2.14.2 -n nats" in readme
    assert "helm upgrade --install temporal temporalio/temporal --version 1.6.0 -n temporal" in readme
    assert _values("nats")["config"]["cluster"]["replicas"] == int(
        settings.partition("STREAM_REPLICAS=")[2][0]
    )
