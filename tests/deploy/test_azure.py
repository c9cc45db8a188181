"""Terraform makes what the Kubernetes overlay for AKS asks for."""

import re
from pathlib import Path
from typing import Any

import hcl2
import pytest

from tests.deploy.compose_file import ROOT
from tests.deploy.manifests import KUBERNETES, of_kind, pods

AZURE = ROOT / "deploy" / "azure"
OVERLAY = KUBERNETES / "overlays" / "aks"


def _resources(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path in sorted(AZURE.glob("*.tf")):
        with path.open() as file:
            for block in hcl2.load(file).get("resource", []):
                for name, body in block.get(f'"{kind}"', block.get(kind, {})).items():
                    found[name.strip('"')] = body
    return found


def _text(name: str) -> str:
    return (AZURE / name).read_text()


@pytest.mark.parametrize("path", sorted(AZURE.glob("*.tf")), ids=lambda path: path.name)
def test_files_are_read_and_formatted(path: Path) -> None:
    with path.open() as file:
        assert hcl2.load(file)
    text = path.read_text()
    assert text.endswith("}\n")
    assert "\t" not in text


def test_outputs_are_what_the_overlay_reads() -> None:
    outputs = _text("outputs.tf")
    for file in ("cluster.env", "settings.env"):
        written = outputs.partition(f'output "{file.replace(".", "_")}"')[2].partition('\noutput "')[0]
        names = {line.partition("=")[0] for line in (OVERLAY / file).read_text().splitlines()}
        assert names == set(re.findall(r"^\s+([A-Z_]+)=", written, re.MULTILINE))


def test_the_vault_holds_the_secrets_that_are_fetched() -> None:
    asked = {
        each["remoteRef"]["key"]
        for secret in of_kind("overlays/aks", "ExternalSecret").values()
        for each in secret["spec"]["data"]
    }
    assert asked <= set(re.findall(r"^    ([a-z-]+) +=", _text("secrets.tf"), re.MULTILINE))


def test_only_the_pods_that_use_the_store_have_its_identity() -> None:
    with_identity = {
        pod["spec"]["serviceAccountName"]
        for _, pod in pods("overlays/aks")
        if pod["metadata"]["labels"].get("azure.workload.identity/use") == "true"
    }
    accounts = re.search(r"artifact_accounts = toset\(\[(.*)\]\)", _text("identities.tf"))
    assert accounts is not None
    assert with_identity == set(re.findall(r'"([a-z-]+)"', accounts[1]))
    annotated = {
        name
        for name, account in of_kind("overlays/aks", "ServiceAccount").items()
        if "azure.workload.identity/client-id" in account["metadata"].get("annotations", {})
    }
    assert annotated == with_identity | {"secrets-reader"}


def test_the_database_is_where_the_network_policy_lets_pods_go() -> None:
    subnet = _resources("azurerm_subnet")["database"]["address_prefixes"][0].strip('"')
    policy = of_kind("overlays/aks", "NetworkPolicy")["to-database"]
    assert policy["spec"]["egress"][0]["to"] == [{"ipBlock": {"cidr": subnet}}]


def test_nothing_that_holds_data_can_be_destroyed_by_mistake() -> None:
    kinds = (
        "azurerm_postgresql_flexible_server",
        "azurerm_postgresql_flexible_server_database",
        "azurerm_storage_account",
    )
    for kind in kinds:
        for body in _resources(kind).values():
            assert body["lifecycle"][0]["prevent_destroy"] is True
