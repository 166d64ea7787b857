"""`make chaos-upload`: one upload whose client is killed, whose server is killed, and whose line is pulled out.

It has to complete with the right checksum, and an interruption may cost no more than what was under way: one part for
each transfer that was open.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import msgspec
from msgspec import Struct

from chaos.proxy import Proxy, proxy
from client.api import Api
from client.upload import TRANSFERS
from shared.library import Video
from stack.errors import StackError
from stack.local import LocalStack

MB = 1_000_000
CHUNK = 4 * 1024 * 1024
HEADERS_BYTES = 4096
"""What a request has besides its body, at most."""
PATIENCE_S = 120.0
AWAY_S = 1.5
"""For so long is the line pulled out."""


class Plan(Struct, frozen=True, kw_only=True):
    """What happens to one upload. Interruptions come at random moments, in a random order."""

    size_mb: float = 1000.0
    part_bytes: int = 16 * 1024 * 1024
    client_kills: int = 5
    server_kills: int = 2
    cuts: int = 1
    mb_per_s: float = 60.0
    seed: int = 0


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of it."""

    size_bytes: int
    sent_bytes: int
    interruptions: int
    part_bytes: int
    took_s: float
    right: bool
    """Whether the checksum in the library is that of the file."""

    @property
    def allowed_bytes(self) -> int:
        """What may be sent: the file once, a part for each open transfer and interruption, and what requests have besides."""
        again = self.interruptions * TRANSFERS * self.part_bytes
        return self.size_bytes + again + HEADERS_BYTES * (-(-(self.size_bytes + again) // self.part_bytes) + 100)

    @property
    def well(self) -> bool:
        """Whether all is as it should be."""
        return self.right and self.sent_bytes <= self.allowed_bytes


def campaign(folder: Path, plan: Plan, say: Callable[[str], None]) -> Outcome:
    """Upload one file through all of that, on a stack of its own in this folder."""
    chance = random.Random(plan.seed)
    file = _made(folder / "film.mp4", int(plan.size_mb * MB))
    size, began = file.stat().st_size, time.monotonic()
    faults = ["client"] * plan.client_kills + ["server"] * plan.server_kills + ["line"] * plan.cuts
    chance.shuffle(faults)
    moments = sorted(chance.uniform(0.03, 0.93) * size for _ in faults)
    with proxy(plan.mb_per_s * MB) as line:
        settings = {
            "DAILIES_STORE_URL": f"http://127.0.0.1:{line.port}",
            "DAILIES_PART_BYTES": str(plan.part_bytes),
            "DAILIES_SINGLE_PUT_BYTES": str(plan.part_bytes),
        }
        with LocalStack(folder / "stack", services=("gateway", "scheduler", "uploader"), settings=settings) as stack:
            line.target = stack.port("uploader.app")
            client = _Client(stack, folder)
            client.start("submit", str(file), "--name", "An upload", "--no-start")
            for fault, moment in zip(faults, moments, strict=True):
                _wait(line, client, moment, say)
                say(f"{fault} at {line.sent_up / MB:.0f} MB")
                _strike(fault, stack, line, client)
            client.finish(say)
            video = asyncio.run(client.video())
        parts = -(-size // plan.part_bytes)
        part_bytes = plan.part_bytes * (2 if parts > 64 else 1)
        return Outcome(
            size_bytes=size,
            sent_bytes=line.sent_up,
            interruptions=len(faults),
            part_bytes=part_bytes,
            took_s=time.monotonic() - began,
            right=video.status == "ready" and video.source is not None and video.source.crc32 == _crc_of(file),
        )


class _Client:
    """The `dailies` client as a process that gets killed."""

    def __init__(self, stack: LocalStack, folder: Path) -> None:
        self.url = stack.environment("gateway.app")["DAILIES_PUBLIC_URL"]
        self.account = stack.logins.demo_account.split(":", 1)
        self.log = folder / "client.log"
        key = asyncio.run(self._key())
        self.environment = {
            **os.environ,
            "HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder),
            "DAILIES_URL": self.url,
            "DAILIES_API_KEY": key,
        }
        self.process: subprocess.Popen[bytes] | None = None

    async def _key(self) -> str:
        async with Api(self.url) as api:
            await api.sign_in(self.account[0], self.account[1])
            return (await api.make_key("chaos")).key

    def start(self, *arguments: str) -> None:
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "client", *arguments]
            self.process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def ended(self) -> int | None:
        assert self.process is not None
        return self.process.poll()

    def again(self) -> None:
        """Go on, as the client itself tells people to."""
        self.start("resume", "--json")

    def finish(self, say: Callable[[str], None]) -> None:
        """Wait for the upload's end; a client that gave up is started again, as a person would."""
        assert self.process is not None
        end = time.monotonic() + PATIENCE_S * 5
        while status := self.process.wait(end - time.monotonic()):
            say(f"the client ended with {status} and is started again")
            self.again()

    async def video(self) -> Video:
        async with Api(self.url, self.environment["DAILIES_API_KEY"]) as api:
            end = time.monotonic() + PATIENCE_S
            while True:
                (batch,) = (await api.batches()).batch_jobs
                (member,) = (await api.batch(batch.id)).videos
                video = await self._library(api, member.video_id)
                if video.status in ("ready", "rejected"):
                    return video
                if time.monotonic() > end:
                    raise StackError(f"The video is still {video.status}.")
                await asyncio.sleep(0.1)

    async def _library(self, api: Api, video_id: UUID) -> Video:
        answer = await api.http.get(f"videos/{video_id}")
        return msgspec.json.decode(answer.raise_for_status().content, type=Video)


def _wait(line: Proxy, client: _Client, moment: float, say: Callable[[str], None]) -> None:
    """Wait until so many bytes went up."""
    end, before = time.monotonic() + PATIENCE_S, line.sent_up
    while line.sent_up < moment:
        if client.ended():
            say("the client gave up and is started again")
            client.again()
        if client.ended() == 0:
            return
        if line.sent_up > before:
            end, before = time.monotonic() + PATIENCE_S, line.sent_up
        if time.monotonic() > end:
            raise StackError(f"Nothing went up for {PATIENCE_S:.0f} s; see {client.log}.")
        time.sleep(0.01)


def _strike(fault: str, stack: LocalStack, line: Proxy, client: _Client) -> None:
    match fault:
        case "client":
            client.kill()
            client.again()
        case "server":
            stack.kill("uploader.app")
            stack.start("uploader.app")
        case "line":
            line.pull()
            time.sleep(AWAY_S)
            line.plug()


def _made(path: Path, size: int) -> Path:
    """A real film, made as large as wanted by a box that players skip."""
    picture = (
        "-f",
        "lavfi",
        "-i",
        "testsrc2=s=320x180:r=25:d=2",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-pix_fmt",
        "yuv420p",
    )
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *picture, str(path)], check=True)
    missing = size - path.stat().st_size
    with path.open("ab") as file:
        file.write(missing.to_bytes(4, "big") + b"free")
        for left in range(missing - 8, 0, -CHUNK):
            file.write(os.urandom(min(CHUNK, left)))
    return path


def _crc_of(path: Path) -> int:
    crc = 0
    with path.open("rb") as file:
        while data := file.read(CHUNK):
            crc = zlib.crc32(data, crc)
    return crc


def main() -> int:
    """Run a campaign as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m chaos.uploads", description=__doc__)
    parser.add_argument("--size", type=float, default=1000, help="MB of the file")
    parser.add_argument("--seed", type=int, default=None, help="repeats the same interruptions")
    arguments = parser.parse_args()
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"Seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="chaos-") as temporary:
        Path(temporary).chmod(0o755)
        plan = Plan(size_mb=arguments.size, seed=seed)
        outcome = campaign(Path(temporary), plan, lambda sentence: print(sentence, flush=True))
    again = (outcome.sent_bytes - outcome.size_bytes) / MB
    most = (outcome.allowed_bytes - outcome.size_bytes) / MB
    print(
        f"{outcome.size_bytes / MB:.0f} MB in {outcome.took_s:.0f} s with {outcome.interruptions} interruptions: "
        f"{again:.1f} MB were sent twice, of at most {most:.1f} MB; "
        f"the checksum is {'right' if outcome.right else 'WRONG'}."
    )
    return 0 if outcome.well else 1


if __name__ == "__main__":
    sys.exit(main())
