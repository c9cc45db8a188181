"""`make images`: build every image, run them as they would be run, make a report with them, tell their sizes.

For machines without Docker: Debian's buildah, on a base that debootstrap makes under the real base's name. It
needs root, and installs both. With Docker, `docker compose up --build` does the same.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import httpx2

from local_stack.logs import LogFile
from local_stack.ports import HOST, Ports, free_port_offset
from local_stack.probes import http_probe
from local_stack.process import ProcessSpec
from local_stack.supervisor import SupervisedProcess
from tests.deploy.compose_file import ROOT, ComposeFile, ComposeService
from tests.deploy.dockerfile import DOCKERFILE, targets
from tests.deploy.without_containers import WithoutContainers
from tests.e2e.reports import ask, ending
from tests.llm_simulator import LlmSimulator
from tests.stack_folder import stack_folder

PACKAGES = ("buildah", "debootstrap")
STORE = ROOT / ".tools" / "images"
BASE = "docker.io/library/python:3.11-slim"
IN_BASE = "python3.11,python3-pip,python3-venv,ca-certificates"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
USER = 10001
IN_IMAGE = "/app/bin:/usr/bin:/bin"
ENTER = """
mount --bind "$1" "$1"
mount -t tmpfs tmpfs "$1/tmp"
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mount -o remount,bind,ro "$1"
root=$1; shift
exec /usr/sbin/chroot "$root" setpriv --reuid "$1" --regid "$1" --clear-groups --no-new-privs \
  --bounding-set=-all --pdeathsig KILL -- "${@:2}"
"""


def say(line: str) -> None:
    """Print one line of what is being done."""
    print(line, flush=True)  # noqa: T201 - what `make images` is for


def buildah(*arguments: str) -> str:
    """Run buildah on a store of its own; give what it prints."""
    command = ["buildah", "--root", f"{STORE}/storage", "--runroot", f"{STORE}/run", *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return done.stdout.strip()


def install_tools() -> None:
    """Install what builds, unless it is there."""
    if all(shutil.which(package) for package in PACKAGES):
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        sys.exit(f"Building images without Docker needs {' and '.join(PACKAGES)} (Debian), and root.")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for step in ("update", "install -y --no-install-recommends"):
        packages = PACKAGES if step.startswith("install") else ()
        command = ["/usr/bin/apt-get", "-qq", *step.split(), *packages]
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)


def make_base() -> None:
    """Make the stand-in for the base image, once: a small Debian with its own Python 3.11."""
    if BASE in buildah("images", "--format", "{{.Name}}:{{.Tag}}"):
        return
    say("Making a base with debootstrap (once; about a minute)")
    container = buildah("from", "scratch")
    root = buildah("mount", container)
    command = ["debootstrap", "--variant=minbase", f"--include={IN_BASE}", "bookworm", root]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stdout[-3000:] + done.stderr[-3000:])
    Path(root, "usr/lib/python3.11/EXTERNALLY-MANAGED").unlink(missing_ok=True)
    Path(root, "usr/bin/python").symlink_to("python3")
    buildah("commit", "-q", "--rm", "--format", "docker", container, BASE)


def build(target: str) -> str:
    """Build one image; give the folder in which its files are mounted."""
    started = time.monotonic()
    image = f"durable-reports/{target}"
    certificates = ["-v", f"{CERTIFICATES}:{CERTIFICATES}:ro"] if CERTIFICATES.exists() else []
    how = ["--isolation", "chroot", "--format", "docker", "--pull-never", "--layers", *certificates]
    arguments = ["--build-arg", f"PYTHON_IMAGE={BASE}", "-f", str(DOCKERFILE), "--target", target]
    buildah("bud", *how, *arguments, "-t", image, ".")
    say(f"{target}: built in {time.monotonic() - started:.0f} s")
    return buildah("mount", buildah("from", "--pull-never", image))


def tell_sizes() -> None:
    """Print what each image adds to its base."""
    listed = json.loads(buildah("images", "--json"))
    sizes = {name: _bytes(image["size"]) for image in listed for name in image["names"] or ()}
    for name, size in sorted(sizes.items()):
        if "/durable-reports/" in name:
            say(f"{name.rpartition('/')[2]:<24}{size - sizes[BASE]:6.0f} MB on its base")


def _bytes(size: str) -> float:
    number, unit = size.split()
    return float(number) * {"KB": 1e-3, "MB": 1, "GB": 1e3}[unit]


def contained(root: str, command: tuple[str, ...]) -> tuple[str, ...]:
    """Give the command that runs another one in an image's files: read-only, as nobody, unprivileged."""
    return ("unshare", "--mount", "bash", "-euc", ENTER, "enter", root, str(USER), *command)


def check_harmless(root: str) -> None:
    """Check that a process in the image is nobody and can write to nothing but /tmp."""
    probe = (
        "import os, pathlib; assert os.getuid() == 10001; pathlib.Path('/tmp/probe').write_text('x')\n"
        "for path in ('/app/probe', '/probe', '/var/probe'):\n"
        "    try: pathlib.Path(path).write_text('x')\n"
        "    except OSError: continue\n"
        "    raise SystemExit(f'{path} can be written')\n"
        "import json; assert json.load(open('/app/sbom.cdx.json'))['components']"
    )
    subprocess.run(contained(root, ("/app/bin/python", "-c", probe)), check=True, env={"HTTP_PORT": "1"})


async def make_report(roots: dict[str, str]) -> None:
    """Run what docker-compose.yml starts, our own services in their images, and make one report."""

    def wrap(service: ComposeService, spec: ProcessSpec) -> ProcessSpec:
        root = roots[service.image.partition(":")[0].rpartition("/")[2]]
        environment = dict(spec.environment) | {"PATH": IN_IMAGE, "HOME": "/tmp"}  # noqa: S108 - a tmpfs
        return replace(spec, argv=contained(root, ("python", *service.command[1:])), environment=environment)

    with stack_folder() as folder:
        async with LlmSimulator() as simulator:
            variables = {"OPENAI_API_KEY": "simulated", "OPENAI_BASE_URL": simulator.base_url}
            ports = Ports(free_port_offset())
            stack = WithoutContainers(ComposeFile(variables), folder / "data", ports, wrap)
            started = time.monotonic()
            async with stack.running(), httpx2.AsyncClient(base_url=stack.proxy_url, trust_env=False) as http:
                say(f"every container ready after {time.monotonic() - started:.0f} s")
                await _ask_once(http)
                stopping = time.monotonic()
            say(f"stopped in order in {time.monotonic() - stopping:.1f} s")


async def run_model(root: str) -> None:
    """Run the small model in its image until it answers."""
    port = Ports(free_port_offset()).model
    command = list(ComposeFile().services["model"].command)
    command[command.index("--host") + 1] = HOST
    command[command.index("--port") + 1] = str(port)
    async with httpx2.AsyncClient(trust_env=False) as client:
        with stack_folder() as folder:
            process = SupervisedProcess(
                ProcessSpec(
                    name="model",
                    argv=contained(root, tuple(command)),
                    environment={"PATH": IN_IMAGE, "HOME": "/tmp"},  # noqa: S108 - a tmpfs
                    log=LogFile(folder / "model.log"),
                    folder=folder,
                    is_ready=http_probe(client, f"http://{HOST}:{port}/health"),
                ),
                say,
            )
            process.start()
            try:
                await process.wait_ready()
            finally:
                await process.stop()
    say("the small model answers")


async def _ask_once(http: httpx2.AsyncClient) -> None:
    workflow_id = await ask(http, "Which rivers feed the Aral Sea?")
    ended = await ending(http, workflow_id)
    pdf = await http.get(f"/api/workflows/{workflow_id}/pdf")
    if ended.event != "completed" or not pdf.content.startswith(b"%PDF-"):
        sys.exit(f"The report ended as {ended.event}: {ended.data}")
    say(f"a report of {len(pdf.content)} bytes came out of the containers")


def main() -> None:
    """Build all, check all, make a report."""
    install_tools()
    STORE.mkdir(parents=True, exist_ok=True)
    make_base()
    roots = {target: build(target) for target in sorted(targets())}
    tell_sizes()
    try:
        for root in roots.values():
            check_harmless(root)
        asyncio.run(run_model(roots["model"]))
        asyncio.run(make_report(roots))
    finally:
        buildah("rm", "--all")


if __name__ == "__main__":
    main()
