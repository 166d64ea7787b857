"""What the pictures of the page show: short videos with titles, and batches in different states."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from tools import past

SECONDS = 6
COLOURS = (
    ("0x16324f", "0x2a628f", "0x13293d"),
    ("0x5f0f40", "0x9a031e", "0xfb8b24"),
    ("0x132a13", "0x31572c", "0x90a955"),
    ("0x3c096c", "0x7b2cbf", "0xe0aaff"),
    ("0x6f1d1b", "0xbb9457", "0x432818"),
)
PATIENCE_S = 240.0


class Stage:
    """An account with a few batches in it."""

    def __init__(self, api: httpx.Client, folder: Path, sql: Callable[[str], str]) -> None:
        self.api = api
        self.folder = folder
        self.sql = sql
        self.long_batch = ""
        self.finished_batch = ""
        self.broken_batch = ""
        self.waiting_batch = ""

    def sign_in(self, email: str, password: str) -> None:
        """Act for this account."""
        self._ask("POST", "/api/session", {"email": email, "password": password})

    def set_up_season(self) -> None:
        """Make the batches: one finished, one with a broken file, one paused, two that wait."""
        self.finished_batch = self._batch(
            "Kitchen Stories", self.clips("Kitchen Stories", 4), "Season 2, with the new microphones"
        )
        self._start(self.finished_batch)
        broken = self.folder / "Field Notes 02.mp4"
        whole = self.clips("Field Notes", 3)
        broken.write_bytes(whole[1].read_bytes()[:60_000])
        self.broken_batch = self._batch("Field Notes", [whole[0], broken, whole[2]])
        self._start(self.broken_batch)
        self.waiting_batch = self._batch(
            "Panel Discussions", self.clips("Panel", 2), "Recorded at the harbour, not yet reviewed"
        )
        self.long_batch = self._batch("Harbour Talks", self.clips("Harbour Talks", 6, seconds=24), "All six episodes")
        self._ask(
            "POST",
            "/api/settings-templates",
            {"name": "Podcast", "settings": {"remove_silence": True}, "is_default": True},
        )
        self._until(self.finished_batch, "completed")
        self._until(self.broken_batch, "completed")

    def give_a_past(self, email: str) -> None:
        """Weeks of work that ended, and short videos that count as whole episodes."""
        user_id = UUID(self.sql(past.ID_OF.format(email=email)).strip())
        self.sql(past.LONGER.format(times=300, user=user_id))
        self.sql(past.past_of(user_id))

    def let_others_work(self) -> None:
        """Two more accounts, with a batch each that is being processed."""
        for email, title in (("eve@dailies.example", "Garden Diary"), ("tim@dailies.example", "Lectures")):
            with httpx.Client(base_url=self.api.base_url, headers=self.api.headers, timeout=60) as api:
                other = Stage(api, self.folder, self.sql)
                other._ask("POST", "/api/accounts", {"email": email, "password": "correct horse battery"})
                other._start(other._batch(title, other.clips(title, 3, seconds=60)))

    def clips(self, title: str, count: int, seconds: int = SECONDS) -> list[Path]:
        """So many numbered videos with their title in the picture, and sound that comes and goes."""
        return [self._clip(title, number, seconds) for number in range(1, count + 1)]

    def no_video(self) -> Path:
        """A file that is refused."""
        path = self.folder / "notes.txt"
        path.write_text("Ask for the second microphone.")
        return path

    def _clip(self, title: str, number: int, seconds: int) -> Path:
        path = self.folder / f"{title} {number:02d}.mp4"
        if path.exists():
            return path
        first, second, third = COLOURS[(number + len(title)) % len(COLOURS)]
        picture = f"gradients=s=960x540:r=15:c0={first}:c1={second}:c2={third}:n=3:speed=0.02:d={seconds}"
        words = ",".join(
            f"drawtext=text='{text}':fontcolor=white:fontsize={size}:x=60:y=h-{above}"
            for text, size, above in ((title, 64, 170), (f"Episode {number}", 34, 90))
        )
        sound = f"sine=f={200 + 30 * number}:d={seconds},volume='if(lt(mod(t,2),1.2),0.4,0)':eval=frame"
        command = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound]
        command += ["-vf", words, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
        subprocess.run([*command, str(path)], check=True, capture_output=True, text=True)
        return path

    def _batch(self, name: str, files: list[Path], description: str | None = None) -> str:
        named = [{"name": file.name, "size": file.stat().st_size, "type": "video/mp4"} for file in files]
        settings = {"remove_silence": True, "silence_threshold": -40}
        body = {"name": name, "description": description, "settings": settings, "files": named}
        made = self._ask("POST", "/api/batch-jobs", body)
        for file, plan in zip(files, made["uploads"], strict=True):
            httpx.put(plan["url"], content=file.read_bytes(), headers=plan["headers"], timeout=60).raise_for_status()
            self._ask("POST", f"/api/videos/{plan['video_id']}/complete")
        return str(made["batch_job_id"])

    def _start(self, batch_id: str) -> None:
        self._ask("POST", f"/api/batch-jobs/{batch_id}/start")

    def _until(self, batch_id: str, status: str) -> None:
        end = time.monotonic() + PATIENCE_S
        while self._ask("GET", f"/api/batch-jobs/{batch_id}")["batch_job"]["status"] != status:
            if time.monotonic() > end:
                raise TimeoutError(f"Batch {batch_id} is not {status} after {PATIENCE_S:g} s.")
            time.sleep(0.5)

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = self.api.request(method, path, json=body)
        if answer.is_error:
            raise RuntimeError(f"{method} {path} was answered {answer.status_code}: {answer.text}")
        return answer.json() if answer.content else None
