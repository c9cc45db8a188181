"""Copies for Kubernetes: scripts, configuration, Prometheus' rules, Grafana's files.

`make manifests` writes them; `--check` says what differs. Kustomize reads no file
outside of its own folder; with the copies committed, `kubectl apply -k` is all that a cluster needs.
"""  # noqa: INP001 - a script

import sys
from pathlib import Path
from typing import Any

import yaml

DEPLOY = Path(__file__).parents[1]
COMPONENTS = DEPLOY / "kubernetes" / "components"
NOTE = "# Written by `make manifests`; change the original.\n"

COPIES = {
    DEPLOY / "compose" / "postgres" / "databases.sh": COMPONENTS / "postgres" / "databases.sh",
    DEPLOY / "compose" / "postgres" / "backup.sh": COMPONENTS / "backup" / "backup.sh",
    DEPLOY / "compose" / "nats" / "nats.conf": COMPONENTS / "nats" / "nats.conf",
}


def wanted() -> dict[Path, str]:
    """Give every generated file with its content."""
    files = {target: source.read_text() for source, target in COPIES.items()}
    files[COMPONENTS / "monitoring" / "rules.yaml"] = _documents(_rules())
    files[COMPONENTS / "grafana" / "dashboards.yaml"] = _documents(_grafana())
    return files


def _rules() -> list[dict[str, Any]]:
    return [
        {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "PrometheusRule",
            "metadata": {"name": path.stem},
            "spec": yaml.safe_load(path.read_text()),
        }
        for path in sorted((DEPLOY / "prometheus" / "rules").glob("*.yml"))
    ]


def _grafana() -> list[dict[str, Any]]:
    folders = {
        "grafana-datasources": DEPLOY / "grafana" / "provisioning" / "datasources",
        "grafana-providers": DEPLOY / "grafana" / "provisioning" / "dashboards",
        "grafana-dashboards": DEPLOY / "grafana" / "dashboards",
    }
    return [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": name},
            "data": {
                path.name: path.read_text()
                for path in sorted(folder.glob("*"))
                if path.suffix in {".yml", ".yaml", ".json"}
            },
        }
        for name, folder in folders.items()
    ]


class _Dumper(yaml.SafeDumper):
    """Writes text of several lines as it is."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def _documents(objects: list[dict[str, Any]]) -> str:
    return NOTE + yaml.dump_all(objects, Dumper=_Dumper, sort_keys=False, width=110, allow_unicode=True)


def main() -> int:
    """Write, or with `--check` compare; 1 when something differed."""
    differing = {
        path: text for path, text in wanted().items() if not path.exists() or path.read_text() != text
    }
    if "--check" not in sys.argv[1:]:
        for path, text in differing.items():
            path.write_text(text)
            path.chmod(0o755 if path.suffix == ".sh" else 0o644)
        return 0
    for path in differing:
        sys.stdout.write(f"{path.relative_to(DEPLOY)} differs; run make manifests\n")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
