"""The Kubernetes manifests: valid, complete, and careful with what they start."""

import copy
import re
from datetime import timedelta
from typing import Any

import pytest

from contracts.task_queues import TaskQueue
from llm_worker.settings import LlmSettings
from local_stack.catalogue import SERVICES, SETUP_STEPS
from orchestrator import topology
from runtime.durable import GRACEFUL_SHUTDOWN_TIMEOUT
from runtime.health import STOP_TIMEOUT
from tests.deploy.compose_file import ComposeFile
from tests.deploy.dockerfile import targets
from tests.deploy.kubernetes_schemas import faults
from tests.deploy.manifests import (
    BUILT_IN,
    OURS,
    OVERLAYS,
    VARIANTS,
    Manifest,
    configuration,
    containers,
    of_kind,
    pods,
    rendered,
)
from tests.deploy.settings_of_roles import required_variables, unknown_variables

# The oldest and the newest that are maintained.
VERSIONS = ("1.34.0", "1.37.0")
RUNNING = ("base", "overlays/dev", "overlays/aks")
UNDERWAY = timedelta(seconds=10)
"""What a process needs besides its work: to leave the bus, close its pools, answer its last requests."""


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", [*OVERLAYS, *VARIANTS])
def test_objects_are_valid_for_each_version(name: str, version: str) -> None:
    for manifest in rendered(name):
        found = faults(manifest, version)
        if found is None:
            # Kinds that Kubernetes does not have itself: test_custom_resources.py.
            assert manifest["apiVersion"].partition("/")[0] not in BUILT_IN, manifest["kind"]
        else:
            assert found == [], f"{manifest['kind']} {manifest['metadata']['name']}"


def test_the_check_finds_a_mistyped_field() -> None:
    """The schemas are strict: otherwise nothing above would say anything."""
    deployment = copy.deepcopy(of_kind("base", "Deployment")["gateway"])
    deployment["spec"]["template"]["spec"]["containers"][0]["readynessProbe"] = {}
    assert any("readynessProbe" in fault for fault in faults(deployment, VERSIONS[0]) or ())


@pytest.mark.parametrize("name", RUNNING)
def test_a_cluster_runs_what_the_one_machine_stack_runs(name: str) -> None:
    """The same processes by the same commands, and the same set-up steps in the same order."""
    here = sorted(tuple(_process(manifest)["command"]) for manifest in _ours(name).values())
    assert here == sorted(("python", "-m", each.package, each.role) for each in SERVICES)
    steps = [tuple(step["command"]) for step in containers(_setup(name))]
    assert steps == [("python", "-m", each.package, each.role) for each in SETUP_STEPS]


@pytest.mark.parametrize("name", [*RUNNING, *VARIANTS])
def test_each_container_is_bounded_and_may_do_nothing_else(name: str) -> None:
    for workload, pod in pods(name):
        spec = pod["spec"]
        assert spec["securityContext"]["runAsNonRoot"], workload
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert spec.get("automountServiceAccountToken", False) is False
        assert spec["serviceAccountName"] in of_kind(name, "ServiceAccount")
        for container in containers(pod):
            context = container["securityContext"]
            assert context["allowPrivilegeEscalation"] is False
            assert context["readOnlyRootFilesystem"]
            assert context["capabilities"] == {"drop": ["ALL"]}
            assert container["resources"]["requests"].keys() == {"cpu", "memory"}
            assert "memory" in container["resources"]["limits"]
            assert not container["image"].endswith(":latest")


@pytest.mark.parametrize("name", RUNNING)
def test_each_running_container_is_asked_how_it_is(name: str) -> None:
    for manifest in of_kind(name, "Deployment", "StatefulSet").values():
        for container in manifest["spec"]["template"]["spec"]["containers"]:
            assert {"startupProbe", "livenessProbe", "readinessProbe"} <= container.keys()
    for manifest in _ours(name).values():
        process = _process(manifest)
        asked = {probe: process[probe]["httpGet"]["path"] for probe in process if probe.endswith("Probe")}
        assert asked == {
            "startupProbe": "/health/startup",
            "livenessProbe": "/health/live",
            "readinessProbe": "/health/ready",
        }
        port = {variable["name"]: variable.get("value") for variable in process["env"]}.get(
            "HTTP_PORT", "9100"
        )
        assert process["ports"] == [{"containerPort": int(port), "name": "http"}]


@pytest.mark.parametrize("name", RUNNING)
def test_two_of_each_process_stay_through_replacements_and_drained_nodes(name: str) -> None:
    budgets = of_kind(name, "PodDisruptionBudget")
    scalers = of_kind(name, "ScaledObject")
    assert _ours(name).keys() == set(OURS)
    for process, manifest in _ours(name).items():
        spec = manifest["spec"]
        least = spec.get("replicas") or scalers[process]["spec"]["minReplicaCount"]
        assert least >= 2
        assert budgets[process]["spec"]["minAvailable"] == 1
        assert budgets[process]["spec"]["selector"] == spec["selector"]
        assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
        spread = {each["topologyKey"] for each in spec["template"]["spec"]["topologySpreadConstraints"]}
        assert spread == {"kubernetes.io/hostname", "topology.kubernetes.io/zone"}


@pytest.mark.parametrize("name", RUNNING)
def test_a_process_has_the_time_that_its_end_takes(name: str) -> None:
    """The grace period covers the pause before the end, the work that is ended, and the farewell."""
    for manifest in _ours(name).values():
        spec = manifest["spec"]["template"]["spec"]
        process = _process(manifest)
        needed = GRACEFUL_SHUTDOWN_TIMEOUT + STOP_TIMEOUT + UNDERWAY
        needed += timedelta(
            seconds=process.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        )
        for variable in process["env"]:
            if variable["name"].lower() in LlmSettings.model_fields and variable["name"].endswith(
                "_ON_STOP_SECONDS"
            ):
                needed += timedelta(seconds=float(variable["value"]))
        assert timedelta(seconds=spec.get("terminationGracePeriodSeconds", 30)) >= needed


@pytest.mark.parametrize("name", RUNNING)
def test_each_variable_is_one_that_the_process_reads_and_has_its_source(name: str) -> None:
    maps = configuration(name)
    for pod in [*(manifest["spec"]["template"] for manifest in _ours(name).values()), _setup(name)]:
        for container in containers(pod):
            role = (container["command"][2], container["command"][3])
            names = {variable["name"] for variable in container["env"]}
            assert unknown_variables(role, names) - {"BOOTSTRAP_API_KEY"} == set()
            assert required_variables(role) <= names
            for variable in container["env"]:
                source = variable.get("valueFrom", {}).get("configMapKeyRef")
                if source and not source.get("optional"):
                    assert source["key"] in maps[source["name"]], variable


def test_what_docker_compose_passes_on_can_be_set_here() -> None:
    """One list of settings for both; traces and the store's credentials are components."""
    for service in ComposeFile().services.values():
        if service.is_ours and service.name in OURS:
            names = {variable["name"] for variable in _process(_ours("base")[service.name])["env"]}
            elsewhere = {name for name in service.environment if name.startswith(("AWS_", "OTEL_"))}
            # Machines read lines of JSON, which is the default.
            assert set(service.environment) - elsewhere - {"LOG_FORMAT"} <= names, service.name


def test_secrets_that_are_asked_for_are_made() -> None:
    made = {
        "overlays/dev": set(of_kind("overlays/dev", "Secret")),
        "overlays/aks": {
            each["spec"]["target"]["name"] for each in of_kind("overlays/aks", "ExternalSecret").values()
        },
    }
    for name, secrets in made.items():
        for _, pod in pods(name):
            for container in containers(pod):
                for variable in container.get("env", ()):
                    source = variable.get("valueFrom", {}).get("secretKeyRef")
                    if source and not source.get("optional"):
                        assert source["name"] in secrets, variable


def test_images_are_made_here_or_named_with_their_version() -> None:
    for name in ("base", "overlays/dev", "overlays/aks"):
        for _, pod in pods(name):
            for container in containers(pod):
                image = container["image"]
                if "durable-reports/" in image:
                    assert re.split(r"[:@]", image)[0].rpartition("/")[2] in targets()
                    # An image that was loaded into a small cluster is in no registry.
                    assert container["imagePullPolicy"] == "IfNotPresent", image
                else:
                    assert re.search(r":v?\d+\.\d+(\.\d+)?(-\w+)?$", image), image


def test_every_task_queue_and_consumer_has_its_scaler() -> None:
    scalers = of_kind("overlays/aks", "ScaledObject")
    assert scalers.keys() == set(OURS)
    triggers = [trigger for each in scalers.values() for trigger in each["spec"]["triggers"]]
    queues = {each["metadata"]["taskQueue"] for each in triggers if each["type"] == "temporal"}
    # Its tasks are a moment's work for workers that are there anyway.
    assert queues == {queue.value for queue in TaskQueue} - {TaskQueue.LLM_CONTROL}
    consumers = {
        (each["metadata"]["stream"], each["metadata"]["consumer"])
        for each in triggers
        if each["type"] == "nats-jetstream"
    }
    assert consumers == {(stream, consumer.durable_name) for stream, consumer in topology.consumers()}
    settings = next(
        data for key, data in configuration("overlays/aks").items() if key.startswith("settings-")
    )
    for trigger in triggers:
        if trigger["type"] == "temporal":
            assert trigger["metadata"]["endpoint"] == settings["TEMPORAL_ADDRESS"]


@pytest.mark.parametrize("name", RUNNING)
def test_nothing_is_reached_that_no_policy_allows(name: str) -> None:
    """Everything is denied first; each process that speaks to a server has a policy that lets it out."""
    policies = of_kind(name, "NetworkPolicy")
    assert policies["default-deny"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    needs = {"NATS_URL": 4222, "TEMPORAL_ADDRESS": 7233}
    if name != "base":
        needs["DATABASE_URL"] = 5432
    for process, manifest in _ours(name).items():
        variables = {variable["name"] for variable in _process(manifest)["env"]}
        labels = manifest["spec"]["template"]["metadata"]["labels"]
        ports = {
            port["port"]
            for policy in policies.values()
            if _selects(policy["spec"]["podSelector"], labels)
            for rule in policy["spec"].get("egress", ())
            for port in rule.get("ports", ())
        }
        assert {port for variable, port in needs.items() if variable in variables} <= ports, process
        assert ports & set(needs.values()) <= {
            port for variable, port in needs.items() if variable in variables
        }, process


def test_the_namespace_takes_restricted_pods_only() -> None:
    labels = of_kind("base", "Namespace")["temporal-ai"]["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def _ours(name: str) -> dict[str, Manifest]:
    return {key: each for key, each in of_kind(name, "Deployment").items() if key in OURS}


def _process(manifest: Manifest) -> Any:  # noqa: ANN401 - a tree of YAML
    return manifest["spec"]["template"]["spec"]["containers"][0]


def _setup(name: str) -> Manifest:
    return dict(pods(name))["setup"]


def _selects(selector: Manifest, labels: dict[str, str]) -> bool:
    wanted = selector.get("matchLabels", {})
    return all(labels.get(key) == value for key, value in wanted.items()) and all(
        labels.get(each["key"]) in each["values"] for each in selector.get("matchExpressions", ())
    )
