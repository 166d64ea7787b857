"""Ports on 127.0.0.1 that nobody else listens on."""

import random
import socket
from collections.abc import Callable, Iterator

from stack.errors import StackError

# The whole of Dailies lives in 8400-8499, unless something else is already there.
PREFERRED = {
    "gateway.app": 8400,
    "uploader.app": 8401,
    "rabbitmq.console": 8402,
    "rabbitmq": 8403,
    "postgres": 8404,
    "nats": 8405,
    "nats.monitor": 8406,
    "rabbitmq.metrics": 8407,
    "epmd": 8408,
    "rabbitmq.nodes": 8409,
    "s3": 8410,
    "s3.grpc": 8411,
    "s3.master": 8412,
    "s3.master.grpc": 8413,
    "s3.volume": 8414,
    "s3.volume.grpc": 8415,
    "s3.filer": 8416,
    "s3.filer.grpc": 8417,
}
FIRST_MONITOR = 8420
# Below the range from which Linux takes the ports of outgoing connections, so that none of those is in the way.
FREE = range(12000, 32000)


class Ports:
    """Hands out each port once and remembers which one belongs to which name.

    With `preferred`, a name gets its usual port, or the first free one among +100, +200 … (so that it is the same
    again next time), and `say` hears of it. Without, ports are random: several stacks may then start side by side.
    """

    def __init__(self, *, preferred: bool, say: Callable[[str], None]) -> None:
        self._preferred = preferred
        self._say = say
        self._taken: dict[str, int] = {}

    def of(self, name: str, usual: int | None = None) -> int:
        """The port of this name; chosen when it is first asked for."""
        if name not in self._taken:
            self._taken[name] = self._choose(name, usual or PREFERRED.get(name))
        return self._taken[name]

    def _choose(self, name: str, usual: int | None) -> int:
        for port in self._candidates(usual):
            if port not in self._taken.values() and is_free(port):
                if self._preferred and usual and port != usual:
                    self._say(f"Port {usual} is taken, so {name} uses {port}.")
                return port
        raise StackError(f"No free port was found for {name}; end a program that listens on 127.0.0.1.")

    def _candidates(self, usual: int | None) -> Iterator[int]:
        if not self._preferred:
            yield from random.sample(FREE, 200)
        elif usual is None:
            yield from range(FIRST_MONITOR, FIRST_MONITOR + 2000)
        else:
            yield from range(usual, 60000, 100)


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1 right now."""
    with socket.socket() as probe:
        # A port whose last connections are still closing (TIME_WAIT) is free to listen on.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
