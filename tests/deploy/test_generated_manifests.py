"""What was copied for Kubernetes is what it was copied from; images are pinned as the pipeline does it."""

import importlib.util
import sys
from types import ModuleType

import pytest
import yaml

from tests.deploy.manifests import KUBERNETES, of_kind


def _script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, KUBERNETES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def test_copies_are_up_to_date(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["generate.py", "--check"])
    assert _script("generate").main() == 0, capsys.readouterr().out


def test_alerts_in_the_cluster_are_those_that_are_tested() -> None:
    rules = of_kind("overlays/aks", "PrometheusRule")
    folder = KUBERNETES.parent / "prometheus" / "rules"
    assert {name: each["spec"] for name, each in rules.items()} == {
        path.stem: yaml.safe_load(path.read_text()) for path in folder.glob("*.yml")
    }


def test_images_are_pinned_by_digest_and_by_nothing_less() -> None:
    script = _script("pin_images")
    digests = dict.fromkeys(script.SERVICES, f"sha256:{'0' * 64}")
    images = yaml.safe_load(script.pinned("registry.example.com/reports", digests))["images"]
    assert {each["newName"] for each in images} == {
        f"registry.example.com/reports/{name}" for name in digests
    }
    assert all(each["digest"] == digests["gateway"] for each in images)
    with pytest.raises(ValueError, match="is no digest"):
        script.pinned("registry.example.com/reports", digests | {"gateway": "latest"})
    with pytest.raises(ValueError, match="needed for each"):
        script.pinned("registry.example.com/reports", {"gateway": digests["gateway"]})
