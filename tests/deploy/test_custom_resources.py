"""Resources of other projects (KEDA, cert-manager, Prometheus Operator, …) are what their makers describe."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.deploy.manifests import BUILT_IN, OVERLAYS, VARIANTS, Manifest, rendered

SCHEMAS: dict[str, dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("custom_resources.yaml").read_text()
)
# What each scaler reads, by KEDA's documentation.
TRIGGERS = {
    "temporal": {"endpoint", "namespace", "taskQueue", "queueTypes", "targetQueueSize"},
    "nats-jetstream": {"natsServerMonitoringEndpoint", "account", "stream", "consumer", "lagThreshold"},
    "cpu": {"value"},
}


def _custom(name: str) -> list[Manifest]:
    return [each for each in rendered(name) if each["apiVersion"].partition("/")[0] not in BUILT_IN]


@pytest.mark.parametrize("name", [*OVERLAYS, *VARIANTS])
def test_every_resource_of_others_is_valid(name: str) -> None:
    for manifest in _custom(name):
        schema = SCHEMAS[manifest["kind"]]
        assert manifest["apiVersion"] == schema["apiVersion"]
        jsonschema.validate(manifest["spec"], _strict(schema["spec"]))


def test_the_check_finds_a_mistyped_field() -> None:
    """The schemas are strict: otherwise nothing above would say anything."""
    gateway = next(each for each in _custom("overlays/aks") if each["kind"] == "Gateway")
    with pytest.raises(jsonschema.ValidationError, match="listner"):
        jsonschema.validate(gateway["spec"] | {"listner": []}, _strict(SCHEMAS["Gateway"]["spec"]))


def test_scalers_say_what_their_triggers_read() -> None:
    for manifest in _custom("overlays/aks"):
        if manifest["kind"] == "ScaledObject":
            for trigger in manifest["spec"]["triggers"]:
                assert trigger["metadata"].keys() == TRIGGERS[trigger["type"]]


def _strict(schema: dict[str, Any]) -> dict[str, Any]:
    made = dict(schema)
    if "properties" in made:
        made["properties"] = {key: _strict(value) for key, value in made["properties"].items()}
        made |= {"type": "object", "additionalProperties": False}
    if "items" in made:
        made["items"] = _strict(made["items"])
    return made
