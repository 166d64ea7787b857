"""A private PostgreSQL: its data folder, its command, and the roles and schemas of the services."""

import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stack import leftovers, lock, programs
from stack.errors import StackError
from stack.logins import Logins

DATABASE = "dailies"
ADMIN = "dailies_admin"
# Where root keeps the data folder when PostgreSQL's user may not enter the clone (a home folder of mode 700).
OUTSIDE = Path("/var/lib/dailies")
OWNER_FILE = "dailies-stack-id"
# Names the stack folder of data that ends with its stack: that of tests.
THROWAWAY_FILE = "throwaway"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] %u@%d ",
}


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A data folder that is ready to be served. `user` runs the server when we are root, which PostgreSQL refuses."""

    data: Path
    programs: Path
    port: int
    password: str
    user: str | None


def server_user() -> str | None:
    """Who runs PostgreSQL: ourselves, unless we are root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise StackError("PostgreSQL does not run as root, and this machine has neither a user postgres nor nobody.")


def data_folder(run: Path) -> Path:
    """Where the data of this stack is: in its own folder, unless PostgreSQL's user cannot get there."""
    user = server_user()
    inside = run / "postgres"
    if user is None or _may_enter(run, user):
        return inside
    return OUTSIDE / hashlib.sha256(os.fsencode(run)).hexdigest()[:12] / "postgres"


def prepare(run: Path, *, port: int, logins: Logins, durable: bool) -> Cluster:
    """Find the data folder or make it. A set-up that was killed half-way is begun again.

    Raises `StackError` when the data was made by a PostgreSQL version that is no longer installed.
    """
    data = data_folder(run)
    user = server_user()
    if data.parent != run:
        # Folders on the way are for passing through only; the data folder itself is private to its user.
        for folder in (OUTSIDE, data.parent):
            folder.mkdir(mode=0o711, exist_ok=True)
        _forget_throwaways()
        if not durable:
            (data.parent / THROWAWAY_FILE).write_text(str(run))
        if data.exists() and not _belongs(data, logins):
            shutil.rmtree(data)
    _forget_dead_server(data)
    major = (data / "PG_VERSION").read_text().strip() if data.exists() else None
    installed = programs.postgres_folder(major)
    if installed is None:
        version = f"PostgreSQL {major}, which made {data}," if major else "PostgreSQL"
        raise StackError(f"{version} is not installed; run: python3 -m stack setup")
    cluster = Cluster(data=data, programs=installed, port=port, password=logins.postgres_password, user=user)
    if not data.exists():
        _make(cluster, logins, durable=durable)
    return cluster


def command(cluster: Cluster, *, durable: bool) -> tuple[str, ...]:
    """The server's command line. Without `durable` it does not wait for the disk: for tests only."""
    settings = {**SETTINGS, "port": str(cluster.port)}
    if not durable:
        # Commits still reach the operating system, so that a killed server keeps them; a power cut would not.
        settings |= {"fsync": "off", "full_page_writes": "off"}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return (str(cluster.programs / "postgres"), "-D", str(cluster.data), *options)


# SIGINT: end now, cleanly; SIGTERM would wait for every client to leave.
STOP_SIGNAL = signal.SIGINT


def is_ready(cluster: Cluster) -> bool:
    """Whether the server takes queries."""
    asked = [str(cluster.programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(cluster.port), "-t", "2"]
    return subprocess.run(asked, check=False, capture_output=True, env=environment()).returncode == 0


def run_sql(cluster: Cluster, statements: str, *, database: str = DATABASE) -> str:
    """Run SQL as the administrator; gives the rows, one a line, columns parted by |.

    Raises `StackError` with PostgreSQL's reason.
    """
    asked = [str(cluster.programs / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-f", "-"]
    url = f"postgresql://{ADMIN}@127.0.0.1:{cluster.port}/{database}"
    secret = {**environment(), "PGPASSWORD": cluster.password}
    done = subprocess.run([*asked, url], input=statements, check=False, capture_output=True, text=True, env=secret)
    if done.returncode != 0:
        raise StackError(f"PostgreSQL refused: {done.stderr.strip()}")
    return done.stdout.strip()


def provision(cluster: Cluster, services: Sequence[str], logins: Logins) -> None:
    """Make the database, and for each service a role with its own schema that no other role may enter.

    Safe to repeat.
    """
    exists = run_sql(cluster, f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'", database="postgres")  # noqa: S608
    if not exists:
        run_sql(cluster, f"CREATE DATABASE {DATABASE}", database="postgres")
    lines = [
        "SET client_min_messages = warning;",
        f"REVOKE ALL ON DATABASE {DATABASE}, postgres, template1 FROM PUBLIC;",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC;",
    ]
    for service in services:
        password = logins.database_passwords[service]
        lines += [
            f"SELECT 'CREATE ROLE {service}' WHERE to_regrole('{service}') IS NULL\\gexec",
            f"ALTER ROLE {service} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '{password}';",
            f"ALTER ROLE {service} SET search_path = {service};",
            f"GRANT CONNECT ON DATABASE {DATABASE} TO {service};",
            f"CREATE SCHEMA IF NOT EXISTS {service} AUTHORIZATION {service};",
        ]
    run_sql(cluster, "\n".join(lines))


def environment() -> dict[str, str]:
    """What PostgreSQL's programs see: nothing of the caller's own PostgreSQL settings (PGHOST, PGSERVICE …)."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "PGCONNECT_TIMEOUT": "5"}


def _make(cluster: Cluster, logins: Logins, *, durable: bool) -> None:
    new = cluster.data.with_name("postgres.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    if cluster.user:
        shutil.chown(new, cluster.user, cluster.user)
    asked = [str(cluster.programs / "initdb"), "-D", str(new), "-U", ADMIN, "--auth=scram-sha-256", "--encoding=UTF8"]
    asked += ["--locale=C.UTF-8", *([] if durable else ["--no-sync"])]
    with tempfile.NamedTemporaryFile("w") as secret:
        secret.write(cluster.password)
        secret.flush()
        if cluster.user:
            shutil.chown(secret.name, cluster.user)
        done = _as(cluster.user, [*asked, f"--pwfile={secret.name}"])
    if done.returncode != 0:
        raise StackError(f"PostgreSQL could not make its data folder {new}: {done.stderr.strip()}")
    (new / OWNER_FILE).write_text(logins.stack_id)
    new.rename(cluster.data)


def _forget_dead_server(data: Path) -> None:
    """Remove the pid file of a server that is gone, when its number belongs to something else now.

    PostgreSQL takes any process with that number for its old server: a zombie that nobody reaps, or (in a container,
    where numbers are small) a process of ours. It would not start. Its second safeguard decides for us too: the shared
    memory of the old server (line 7: key and id) must have no user left.
    """
    file = data / "postmaster.pid"
    try:
        lines = file.read_text().splitlines()
    except FileNotFoundError:
        return
    segment = lines[6].split()[-1:] if len(lines) > 6 else []
    attached = [
        line.split()[6] for line in Path("/proc/sysvipc/shm").read_text().splitlines() if line.split()[1:2] == segment
    ]
    if lines and not leftovers.serves(int(lines[0]), data) and set(attached) <= {"0"}:
        file.unlink()


def discard(cluster: Cluster, run: Path) -> None:
    """Remove the data of a throwaway stack from where nobody would look for it."""
    if cluster.data.parent != run:
        shutil.rmtree(cluster.data.parent, ignore_errors=True)


def _forget_throwaways() -> None:
    """Remove what killed test runs left behind."""
    for mark in OUTSIDE.glob(f"*/{THROWAWAY_FILE}"):
        try:
            owner = lock.holder(Path(mark.read_text()) / "lock")
        except FileNotFoundError:
            continue
        if owner is None:
            shutil.rmtree(mark.parent, ignore_errors=True)


def _belongs(data: Path, logins: Logins) -> bool:
    """Whether data outside the clone is of this `.run` folder, and not of one that has been removed since."""
    owner = data / OWNER_FILE
    return owner.exists() and owner.read_text() == logins.stack_id


def _may_enter(folder: Path, user: str) -> bool:
    return _as(user, ["test", "-x", str(folder)]).returncode == 0


def _as(user: str | None, asked: list[str]) -> subprocess.CompletedProcess[str]:
    who = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"] if user else []
    return subprocess.run([*who, *asked], check=False, capture_output=True, text=True, env=environment(), cwd="/")
