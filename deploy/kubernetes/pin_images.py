"""`pin_images.py <registry>/durable-reports gateway=sha256:… …`: run exactly these images on AKS."""  # noqa: INP001 - a script

import re
import sys
from pathlib import Path

FILE = Path(__file__).with_name("overlays") / "aks" / "images" / "kustomization.yaml"
SERVICES = {"gateway", "llm_worker", "notifier", "orchestrator", "pdf_worker"}
HEAD = """\
# Which images run: those with these digests, tested and signed by the pipeline (pin_images.py).
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
images:
"""


def pinned(registry: str, digests: dict[str, str]) -> str:
    """Make the component's text.

    Raises:
        ValueError: a service has no digest, or one that is none.

    """
    if digests.keys() != SERVICES:
        raise ValueError(f"a digest is needed for each of {', '.join(sorted(SERVICES))}")
    for name, digest in digests.items():
        if not re.fullmatch(r"sha256:[0-9a-f]{64}", digest):
            raise ValueError(f"{name}={digest} is no digest")
    lines = (
        f"  - {{ name: durable-reports/{name}, newName: {registry}/{name}, digest: {digest} }}\n"
        for name, digest in sorted(digests.items())
    )
    return HEAD + "".join(lines)


if __name__ == "__main__":
    try:
        FILE.write_text(pinned(sys.argv[1], dict(part.split("=", 1) for part in sys.argv[2:])))
    except (IndexError, ValueError) as error:
        sys.exit(f"{__doc__}\n{error}")
