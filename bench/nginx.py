"""nginx as people know it: it takes files by PUT (its DAV module) and gives them by GET, on a free port."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stack import health, programs
from stack.errors import StackError
from stack.ports import Ports

CONFIGURATION = """
daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1; {user}
events {{ worker_connections 512; }}
http {{
    access_log off; sendfile on; tcp_nopush on; client_max_body_size 0; client_body_buffer_size 1m; output_buffers 2 1m;
    client_body_temp_path {folder}/temp; proxy_temp_path {folder}/temp; fastcgi_temp_path {folder}/temp;
    uwsgi_temp_path {folder}/temp; scgi_temp_path {folder}/temp;
    server {{ listen 127.0.0.1:{port}; root {folder}/files; dav_methods PUT; create_full_put_path on; }}
}}
"""


@contextmanager
def nginx(folder: Path) -> Iterator[tuple[str, Path]]:
    """Its address, and the folder in which its files are. Raises `StackError` when it is not installed."""
    (folder / "files").mkdir(parents=True, exist_ok=True)
    port = Ports(preferred=False, say=print).of("nginx")
    file = folder / "nginx.conf"
    user = "user root;" if folder.owner() == "root" else ""
    file.write_text(CONFIGURATION.format(folder=folder, port=port, user=user))
    process = subprocess.Popen(
        [programs.need("nginx"), "-p", str(folder), "-c", str(file)], stderr=subprocess.PIPE, text=True
    )
    try:
        while not health.listens(port):
            if process.poll() is not None:
                raise StackError(f"nginx did not start: {process.stderr.read() if process.stderr else ''}")
        yield f"http://127.0.0.1:{port}", folder / "files"
    finally:
        process.terminate()
        process.wait()
