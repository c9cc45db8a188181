"""docker-compose.yml: valid, complete, and careful with what it starts."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from local_stack.binaries import binary
from local_stack.catalogue import SERVICES, SETUP_STEPS
from tests.deploy.compose_file import COMPOSE_FILE, ROOT, ComposeFile, ComposeService
from tests.deploy.dockerfile import targets
from tests.deploy.settings_of_roles import known_variables, required_variables, unknown_variables

FILE = ComposeFile()
ALL = list(FILE.services.values())
OURS = [service for service in ALL if service.is_ours and service.name != "model"]
# A promise of the design, read once there is authentication.
AGREED = {"BOOTSTRAP_API_KEY"}
# What the images set, what each process's place decides, and what only a developer turns.
LEFT_ALONE = {
    *("HTTP_HOST", "HTTP_PORT", "BUILD_REVISION", "WORKER_BUILD_ID", "STREAM_REPLICAS", "PDF_THEME"),
    *("LLM_ANSWER_TIMEOUT_SECONDS", "LLM_CONNECT_TIMEOUT_SECONDS", "LLM_IDLE_TIMEOUT_SECONDS"),
    *("LLM_FINISH_ON_STOP_SECONDS", "LLM_STREAM", "LLM_TEMPERATURE"),
    *("RENDER_MEMORY_LIMIT_MIB", "RENDER_PAGE_LIMIT", "RENDER_TIME_LIMIT"),
}
# Their images have nothing that could ask.
WITHOUT_HEALTHCHECK = {"nats-exporter", "postgres-exporter"}


def test_it_is_valid_by_the_compose_specification() -> None:
    subprocess.run(
        [binary("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", str(COMPOSE_FILE)], check=True
    )


def test_it_starts_what_the_one_machine_stack_starts() -> None:
    """The same processes by the same commands: what is tested there holds here."""
    here = sorted(service.command for service in OURS)
    there = sorted(("python", "-m", each.package, each.role) for each in (*SERVICES, *SETUP_STEPS))
    assert here == there


@pytest.mark.parametrize("service", OURS, ids=lambda service: service.name)
def test_each_variable_is_one_that_the_process_reads(service: ComposeService) -> None:
    assert unknown_variables(service.role, set(service.environment)) - AGREED == set()
    assert required_variables(service.role) <= set(service.environment)


@pytest.mark.parametrize("service", OURS, ids=lambda service: service.name)
def test_each_setting_can_be_set(service: ComposeService) -> None:
    """A new setting of a service is passed on by docker compose, or is left alone on purpose."""
    assert known_variables(service.role) - set(service.environment) <= LEFT_ALONE


def test_images_are_made_here_or_named_with_their_version() -> None:
    for service in ALL:
        if service.is_ours:
            assert service.image.partition(":")[0].rpartition("/")[2] in targets()
        else:
            assert re.search(r":v?\d+\.\d+(\.\d+)?(-\w+)?$", service.image), service.image
    built = {service.image for service in ALL if service.target}
    assert built == {service.image for service in ALL if service.is_ours}


@pytest.mark.parametrize("service", ALL, ids=lambda service: service.name)
def test_each_container_is_bounded_and_asked_how_it_is(service: ComposeService) -> None:
    body = service.body
    limits = body["deploy"]["resources"]["limits"]
    assert limits.keys() == {"cpus", "memory", "pids"}
    assert body["cap_drop"] == ["ALL"]
    assert body["security_opt"] == ["no-new-privileges:true"]
    if not service.runs_once and service.name not in WITHOUT_HEALTHCHECK:
        assert body["healthcheck"]["test"][0] == "CMD"
    if service.is_ours:
        assert body["read_only"]


def test_two_of_each_stateless_process_run() -> None:
    assert {service.replicas for service in OURS if not service.runs_once} == {2}


def test_only_the_proxy_and_a_loopback_page_are_open() -> None:
    ports = {service.name: service.body["ports"] for service in ALL if "ports" in service.body}
    assert ports.keys() == {"proxy", "temporal-ui"}
    assert all(port.startswith("127.0.0.1:") for opened in ports.values() for port in opened)


def test_what_is_waited_for_and_mounted_is_there() -> None:
    for service in ALL:
        assert service.body.get("depends_on", {}).keys() <= FILE.services.keys()
        for volume in service.body.get("volumes", ()):
            source = volume.split(":")[0]
            assert source in FILE.document["volumes"] or (ROOT / source).exists(), volume


def test_prometheus_asks_all_services_that_are_there() -> None:
    """One that is not asked is seen by nobody; a name that docker compose does not know never answers."""
    document = yaml.safe_load((ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text())
    asked: set[str] = set()
    for job in document["scrape_configs"]:
        for each in job.get("dns_sd_configs", ()):
            asked |= set(each["names"])
        addresses = [address for each in job.get("static_configs", ()) for address in each["targets"]]
        addresses += job.get("params", {}).get("target", [])
        asked |= {address.partition(":")[0] for address in addresses}
    exporters = {name for name in FILE.services if name.endswith("-exporter")}
    processes = {name for name, each in FILE.services.items() if each.is_ours and not each.runs_once}
    assert exporters | (processes - {"model"}) | {"temporal"} <= asked <= FILE.services.keys() | {"localhost"}


def test_exporters_only_look() -> None:
    for name in ("node-exporter", "blackbox-exporter"):
        body = FILE.services[name].body
        assert body["read_only"]
        assert body["user"] == "65534:65534"
        assert body["networks"] == ["inside"]
        assert all(volume.endswith(":ro") for volume in body["volumes"])


def test_the_example_names_every_variable_that_can_be_set() -> None:
    files = [COMPOSE_FILE, *(ROOT / "deploy" / "compose" / "model").glob("*.env")]
    used = {name for path in files for name in re.findall(r"\$\{(\w+)", path.read_text())}
    example = (ROOT / ".env.example").read_text()
    assert set(re.findall(r"^# ([A-Z_]+)=", example, re.MULTILINE)) == used


def test_a_key_alone_means_openai_and_no_key_means_the_local_model() -> None:
    keyless = FILE.services["llm-worker"].environment
    assert (keyless["OPENAI_BASE_URL"], keyless["LLM_MODEL"]) == (
        "http://model:8811/v1",
        "SmolLM2-135M-Instruct",
    )
    with_key = ComposeFile({"OPENAI_API_KEY": "key"}).services["llm-worker"].environment
    assert (with_key["OPENAI_API_KEY"], with_key["OPENAI_BASE_URL"]) == ("key", "https://api.openai.com/v1")
    elsewhere = ComposeFile({"OPENAI_API_KEY": "key", "OPENAI_BASE_URL": "https://example.com/v1"})
    assert elsewhere.services["llm-worker"].environment["OPENAI_BASE_URL"] == "https://example.com/v1"


@pytest.mark.parametrize(
    "command",
    [
        ["nats-server", "-t", "-c", "deploy/compose/nats/nats.conf"],
        ["caddy", "validate", "--adapter", "caddyfile", "--config", "deploy/compose/proxy/Caddyfile"],
    ],
    ids=lambda command: str(command[0]),
)
def test_servers_accept_their_configuration(command: list[str]) -> None:
    subprocess.run([binary(command[0]), *command[1:]], cwd=ROOT, check=True)


@pytest.mark.parametrize("script", sorted(ROOT.glob("deploy/**/*.sh")), ids=lambda path: path.name)
def test_scripts_are_free_of_syntax_errors(script: Path) -> None:
    subprocess.run(["/bin/bash", "-n", str(script)], check=True)
    assert script.stat().st_mode & 0o111
