"""Kubernetes' own schemas, strict, from the package that carries them; each is read once."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped] # it ships no types
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from tests.deploy.manifests import Manifest

FOLDER = Path(kubernetes_validate.__file__).with_name("kubernetes-json-schema")


def faults(manifest: Manifest, version: str) -> list[str] | None:
    """Say what is wrong with an object; None when Kubernetes itself has no such kind."""
    # apps/v1 → apps-v1, networking.k8s.io/v1 → networking-v1
    api = re.sub(r"^([^./]*)(?:\.[^/]*)?/", r"\1-", manifest["apiVersion"])
    validator = _validator(f"{manifest['kind'].lower()}-{api}.json", version)
    if validator is None:
        return None
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(manifest)]


@cache
def _validator(file: str, version: str) -> Draft202012Validator | None:
    path = FOLDER / f"v{version}-local-strict" / file
    if not path.exists():
        return None
    return Draft202012Validator(json.loads(path.read_text()), registry=_definitions(version))


@cache
def _definitions(version: str) -> Registry[Any]:
    path = FOLDER / f"v{version}-local-strict" / "_definitions.json"
    resource: Resource[Any] = Resource.from_contents(json.loads(path.read_text()))
    empty: Registry[Any] = Registry()
    registry: Registry[Any] = empty.with_resource("_definitions.json", resource).crawl()
    return registry
