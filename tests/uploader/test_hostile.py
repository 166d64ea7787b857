"""Files that mean harm are refused with a clear sentence, or processed safely; nothing outside of them is ever opened."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from services.uploader.inspection import checksums
from services.uploader.probe import inspect, thumbnail
from shared.errors import PermanentFailure
from tests.hostile import MAKERS, SAFE, Bait, film

SECRET = "swordfish-of-the-house"


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Somebody who listens where the files lead, on TCP and on UDP, and must not be spoken to."""
    with socket.socket() as heard, socket.socket(type=socket.SOCK_DGRAM) as packets:
        heard.bind(("127.0.0.1", 0))
        heard.listen()
        heard.setblocking(False)
        packets.bind(heard.getsockname())
        packets.setblocking(False)
        yield heard
        with pytest.raises(BlockingIOError):
            heard.accept()
        with pytest.raises(BlockingIOError):
            packets.recv(1)


def test_there_are_enough_kinds_of_harm() -> None:
    assert len(MAKERS) >= 20
    assert set(MAKERS) >= SAFE


@pytest.mark.parametrize("name", MAKERS)
async def test_a_file_that_means_harm_does_none(
    name: str, listener: socket.socket, media: Path, tmp_path: Path
) -> None:
    bait = Bait(tmp_path / "secret.txt", listener.getsockname()[1])
    bait.secret.write_text(f"{SECRET}\n" * 400)
    file = tmp_path / "film.mp4"
    file.write_bytes(MAKERS[name](bait, film(media)))
    picture = tmp_path / "picture.jpg"
    said = ""
    try:
        async with asyncio.timeout(300):
            facts = await inspect(file)
            await thumbnail(file, facts, picture)
    except PermanentFailure as refusal:
        said = str(refusal)
        assert name not in SAFE, said
        assert said[0].isupper() and said.endswith(".") and 20 < len(said) < 200
        assert str(tmp_path) not in said and "127.0.0.1" not in said
    else:
        assert name in SAFE
        assert picture.read_bytes().startswith(b"\xff\xd8")
        assert facts.duration_s > 0 and (facts.width, facts.height) in ((320, 180), (64, 64))
        said = msgspec.json.encode(facts).decode()
        assert len(said) < 4000
        assert checksums(file)
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path not in (bait.secret, file))
    assert SECRET not in said and SECRET.encode() not in left
