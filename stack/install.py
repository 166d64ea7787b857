"""Sees which programs are missing, and installs them where that is possible: on Debian and its relatives."""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from stack import programs
from stack.errors import StackError

SCRIPT = Path(__file__).with_name("install.sh")
POLICY = Path("/usr/sbin/policy-rc.d")
FONTS = ("/usr/share/fonts", "/usr/local/share/fonts")


@dataclass(frozen=True)
class Need:
    """Something that Dailies needs: what people call it, Debian's package, and how to see that it is there."""

    title: str
    package: str
    is_there: Callable[[], bool]


def _has(*names: str) -> Callable[[], bool]:
    return lambda: all(programs.find(name) for name in names)


def _has_font() -> bool:
    return any(next(Path(folder).rglob("DejaVuSans.ttf"), None) for folder in FONTS if Path(folder).is_dir())


NEEDS = (
    Need("RabbitMQ 3.10 or newer", "rabbitmq-server", _has("rabbitmq-server", "epmd")),
    Need("NATS server 2.9 or newer", "nats-server", _has("nats-server")),
    Need("PostgreSQL 13 or newer (server and psql)", "postgresql", _has("postgres", "initdb", "psql")),
    Need("ffmpeg and ffprobe", "ffmpeg", _has("ffmpeg", "ffprobe")),
    Need("eSpeak NG (it speaks in the sample videos)", "espeak-ng", _has("espeak-ng")),
    Need("the font DejaVu Sans", "fonts-dejavu-core", _has_font),
    Need("setpriv, of util-linux", "util-linux", _has("setpriv")),
    Need("Python's venv module", "python3-venv", lambda: importlib.util.find_spec("ensurepip") is not None),
)
# Only for building and testing Dailies itself.
DEV_NEEDS: tuple[Need, ...] = (
    Need("Chromium (it tests the web page)", "chromium", _has("chromium")),
    Need("Info-ZIP's zip (a reference in the measurements)", "zip", _has("zip")),
    Need("Info-ZIP's unzip (it tests the archives)", "unzip", _has("unzip")),
    Need("curl (it resumes downloads in the tests)", "curl", _has("curl")),
    Need("7-Zip (it tests the archives)", "p7zip-full", _has("7z")),
    Need("nginx (a reference in the measurements)", "nginx-light", _has("nginx")),
    Need("promtool, of Prometheus (it tests metrics and alerts)", "prometheus", _has("promtool")),
)


def missing(*, dev: bool) -> list[Need]:
    """What is not installed."""
    return [need for need in (*NEEDS, *(DEV_NEEDS if dev else ())) if not need.is_there()]


def install(needs: list[Need], *, say: Callable[[str], None]) -> None:
    """Install the Debian packages of these needs as root or through sudo, without starting any daemon.

    Raises `StackError` with what people can do themselves where that is not possible.
    """
    packages = [need.package for need in needs]
    if not packages and not _was_killed():
        return
    if shutil.which("apt-get") is None:
        titles = "\n".join(f"  - {need.title}" for need in needs)
        raise StackError(f"Install these, then try again (or use Docker: docker compose up):\n{titles}")
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if root and not _may_sudo():
        raise StackError(
            "Some packages are missing, and this user may not install them without a password. Run this, then try "
            f"again:\n  sudo sh {SCRIPT} {' '.join(packages)}"
        )
    if packages:
        say(f"Installing {', '.join(packages)} (as packages only: no system service is started) ...")
    done = subprocess.run(
        [*root, "sh", str(SCRIPT), *packages],
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode != 0:
        raise StackError(f"Installing {', '.join(packages)} failed:\n{done.stdout.strip()[-3000:]}")
    importlib.invalidate_caches()
    if still := [need.title for need in needs if not need.is_there()]:
        raise StackError(f"Debian's packages were installed, but these are still missing: {', '.join(still)}.")


def _may_sudo() -> bool:
    if shutil.which("sudo") is None:
        return False
    return subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True).returncode == 0


def _was_killed() -> bool:
    """Whether an install was killed and left its policy-rc.d behind."""
    if POLICY.with_name(POLICY.name + ".before-dailies").exists():
        return True
    try:
        return "put here by Dailies" in POLICY.read_text()
    except (OSError, UnicodeDecodeError):
        return False
