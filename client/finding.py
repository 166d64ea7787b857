"""Finds the batch that a person means."""

from __future__ import annotations

from uuid import UUID

from client.api import Api
from client.errors import ClientError, ExitStatus, UsageError

PAGE = 100
MOST_PAGES = 20


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


def _begins(batch_id: UUID, text: str) -> bool:
    return len(text) >= 4 and str(batch_id).startswith(text.lower())
