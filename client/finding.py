"""Finds the batch, or the videos of the library, that a person means."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from client.api import Api
from client.bodies import LibraryVideo
from client.errors import ClientError, ExitStatus, UsageError

PAGE = 100
MOST_PAGES = 20
VIDEOS = 200


async def find_batch(api: Api, text: str) -> UUID:
    """The batch with this id, beginning of an id, or name; `last` is the newest.

    Raises `UsageError` when it is not clear which.
    """
    try:
        return UUID(text)
    except ValueError:
        pass
    found: list[UUID] = []
    for page_number in range(MOST_PAGES):
        page = await api.batches(limit=PAGE, offset=page_number * PAGE)
        if text == "last" and page.batch_jobs:
            return page.batch_jobs[0].id
        found += [job.id for job in page.batch_jobs if job.name == text or _begins(job.id, text)]
        if (page_number + 1) * PAGE >= page.total:
            break
    if len(found) > 1:
        raise UsageError(f"{len(found)} batches are called {text}; give the id of one of them, see: dailies list")
    if not found:
        raise ClientError(f"You have no batch {text}; see: dailies list", code="not_found", status=ExitStatus.NOT_FOUND)
    return found[0]


async def find_videos(api: Api, wanted: Sequence[str]) -> list[LibraryVideo]:
    """The videos of the library with these ids, beginnings of ids, or names, in their order and each once.

    Raises `UsageError` when it is not clear which is meant, `ClientError` for one that is not there.
    """
    library: list[LibraryVideo] = []
    for page_number in range(MOST_PAGES if wanted else 0):
        page = await api.videos(limit=VIDEOS, offset=page_number * VIDEOS)
        library += page.videos
        if len(library) >= page.total:
            break
    found = (_video(library, text) for text in wanted)
    return list({video.id: video for video in found}.values())


def _video(library: Sequence[LibraryVideo], text: str) -> LibraryVideo:
    fits = [video for video in library if video.name == text or _begins(video.id, text)]
    if len(fits) > 1:
        raise UsageError(f"{len(fits)} videos are called {text}; give the id of one of them, see: dailies library")
    if not fits:
        sentence = f"There is no video {text} in the library; see: dailies library"
        raise ClientError(sentence, code="not_found", status=ExitStatus.NOT_FOUND)
    return fits[0]


def _begins(known: UUID, text: str) -> bool:
    return len(text) >= 4 and str(known).startswith(text.lower())
