"""A stand-in for a service: answers on its monitor port, and does what a test asks for by a request."""

import os
import signal
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import FrameType


class Monitor(BaseHTTPRequestHandler):
    """GET /health/ready; /spawn starts a child that outlives its parent, and gives its process id."""

    def do_GET(self) -> None:
        body = b"ok"
        if self.path == "/spawn":
            child = subprocess.Popen(["sleep", "1000"], start_new_session=True)
            body = str(child.pid).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


def stop(_number: int, _frame: FrameType | None) -> None:
    print("good bye", flush=True)
    sys.exit(0)


def serve() -> None:
    signal.signal(signal.SIGTERM, stop)
    print("hello from", sys.argv[0], flush=True)
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["DAILIES_MONITOR_PORT"])), Monitor).serve_forever()


if __name__ == "__main__":
    serve()
