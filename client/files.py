"""The files on the command line: checked before anything is sent, all of them at once."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from client.errors import UsageError

CONTENT_TYPES = {
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".avi": "video/x-msvideo",
    ".webm": "video/webm",
}
"""What is sent as what, by the ending of the name. The server looks at the content."""

LARGEST_BYTES = 2 * 1024**3


class LocalVideo(Struct, frozen=True, kw_only=True):
    """A file to be sent."""

    path: Path
    size_bytes: int
    content_type: str

    @property
    def name(self) -> str:
        """The file's name, without its folders."""
        return self.path.name


def checked(paths: Sequence[Path]) -> list[LocalVideo]:
    """The files, in their order. Raises `UsageError` with a line for each that cannot be sent."""
    found: list[LocalVideo] = []
    problems: list[str] = []
    for path in paths:
        try:
            found.append(_video(path))
        except UsageError as error:
            problems.append(str(error))
    seen: set[Path] = set()
    for video in found:
        if (real := video.path.resolve()) in seen:
            problems.append(f"{video.path} is given twice; give it once.")
        seen.add(real)
    if not paths:
        problems.append("No file is given; name at least one video, or one that is in the library with --from-library.")
    if problems:
        raise UsageError("\n".join(problems))
    return found


def content_of(path: Path) -> str:
    """SHA-256 of a file, in hex. Raises `UsageError` when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}); check its permissions.") from None


def _video(path: Path) -> LocalVideo:
    content_type = CONTENT_TYPES.get(path.suffix.lower())
    try:
        facts = path.stat()
        if stat.S_ISDIR(facts.st_mode):
            raise UsageError(f"{path} is a folder; name the files in it, such as {path}/*.mp4.")
        if not stat.S_ISREG(facts.st_mode):
            raise UsageError(f"{path} is not a regular file; give a video file.")
        with path.open("rb"):
            pass
    except FileNotFoundError:
        raise UsageError(f"{path} does not exist; check the name.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}); check its permissions.") from None
    if content_type is None:
        raise UsageError(f"{path} is not an MP4, MOV, AVI or WebM file; convert it, or leave it out.")
    if facts.st_size == 0:
        raise UsageError(f"{path} is empty; record or copy it again, or leave it out.")
    if facts.st_size > LARGEST_BYTES:
        raise UsageError(f"{path} is {facts.st_size / 1024**3:.1f} GB; a file may have up to 2 GB.")
    return LocalVideo(path=path, size_bytes=facts.st_size, content_type=content_type)
