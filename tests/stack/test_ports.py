"""Which ports a stack takes."""

import socket
from collections.abc import Iterator

import pytest

from stack.ports import Ports, is_free


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on, on all addresses."""
    with socket.socket() as server:
        server.bind(("0.0.0.0", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_port_on_which_somebody_listens_on_any_address_is_not_free(taken: int) -> None:
    assert not is_free(taken)


def test_the_usual_port_is_preferred_and_another_is_announced(taken: int) -> None:
    said: list[str] = []
    ports = Ports(preferred=True, say=said.append)
    assert ports.of("nats", taken) == ports.of("nats") == taken + 100
    assert said == [f"Port {taken} is taken, so nats uses {taken + 100}."]


def test_no_port_is_given_twice() -> None:
    ports = Ports(preferred=False, say=print)
    given = [ports.of(f"monitor {number}") for number in range(50)]
    assert len(set(given)) == 50
    assert all(is_free(port) for port in given)
