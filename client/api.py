"""The REST API, typed: one method for each thing it can be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import UUID, uuid4

import httpx
import msgspec

from client.bodies import ApiKeyMade, BatchCreated, ExportRequested, LibraryPage, Me, NewFile
from client.errors import ClientError, Refused, problem_in
from client.retrying import Backoff, broken, passing, persist, unheard
from shared.batches import BatchSettings, BatchStatus, ExportFormat
from shared.cutting import CutEdit, VideoCuts
from shared.library import Video
from shared.reports import BatchReport, Usage
from shared.views import (
    BatchDetails,
    BatchExport,
    BatchJob,
    BatchPage,
    BatchStarted,
    ExportEstimate,
    ExportPage,
    PartUrls,
    UploadState,
)

T = TypeVar("T")

TIMEOUT = httpx.Timeout(30.0, connect=10.0)


class Api:
    """A connection to the API at `url`, as the owner of `key`. Use it as an async context manager.

    Every method raises `Refused` with the API's reason, or `Unreachable`. What may be asked twice is asked again when
    the connection breaks or the server is busy.
    """

    def __init__(self, url: str, key: str | None = None, *, backoff: Backoff | None = None) -> None:
        self.url = url.rstrip("/")
        self.backoff = backoff or Backoff()
        headers = {"User-Agent": "dailies-client", "Accept": "application/json"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        try:
            self.http = httpx.AsyncClient(base_url=f"{self.url}/api/", headers=headers, timeout=TIMEOUT)
        except (httpx.InvalidURL, ValueError) as error:
            raise ClientError(f"{url} is not an address; give one such as http://127.0.0.1:8400.") from error

    async def __aenter__(self) -> Self:
        """Nothing is opened before the first question."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self.http.aclose()

    async def create_batch(
        self,
        name: str,
        settings: BatchSettings,
        files: Sequence[NewFile],
        *,
        description: str | None = None,
        priority: int | None = None,
        library: Sequence[UUID] = (),
    ) -> BatchCreated:
        """Make a batch of files and videos of the library, and get upload plans; a repeated question finds the same batch."""
        body: dict[str, Any] = {"name": name, "description": description, "settings": settings, "files": files}
        body["priority"] = priority
        if library:
            body["library_ids"] = library
        return await self._ask("POST", "batch-jobs", BatchCreated, body, {"Idempotency-Key": str(uuid4())})

    async def batches(
        self, *, status: BatchStatus | None = None, limit: int = 20, offset: int = 0, sort: str = "-created_at"
    ) -> BatchPage:
        """A page of the account's batches."""
        asked = {"status": status, "limit": limit, "offset": offset, "sort": sort}
        given = {name: str(value) for name, value in asked.items() if value is not None}
        return await self._ask("GET", f"batch-jobs?{httpx.QueryParams(given)}", BatchPage)

    async def batch(self, batch_id: UUID) -> BatchDetails:
        """One batch with its videos."""
        return await self._ask("GET", f"batch-jobs/{batch_id}", BatchDetails)

    async def start(self, batch_id: UUID) -> BatchStarted:
        """Put a batch into the queue."""
        return await self._ask("POST", f"batch-jobs/{batch_id}/start", BatchStarted, again=False)

    async def pause(self, batch_id: UUID) -> BatchJob:
        """Start no more videos of it."""
        return await self._ask("POST", f"batch-jobs/{batch_id}/pause", BatchJob)

    async def resume(self, batch_id: UUID) -> BatchJob:
        """Go on with a paused batch."""
        return await self._ask("POST", f"batch-jobs/{batch_id}/resume", BatchJob)

    async def cancel(self, batch_id: UUID) -> BatchJob:
        """Stop all work on it for good."""
        return await self._ask("POST", f"batch-jobs/{batch_id}/cancel", BatchJob)

    async def retry_failed(self, batch_id: UUID) -> BatchJob:
        """Try its failed videos again."""
        return await self._ask("POST", f"batch-jobs/{batch_id}/retry-failed", BatchJob, again=False)

    async def report(self, batch_id: UUID) -> BatchReport:
        """What came of a batch that has ended."""
        return await self._ask("GET", f"batch-jobs/{batch_id}/report", BatchReport)

    async def cuts(self, batch_id: UUID, video_id: UUID) -> VideoCuts:
        """What was cut out of a finished video and why, without its waveform."""
        return await self._ask("GET", f"batch-jobs/{batch_id}/videos/{video_id}/cuts?peaks=0", VideoCuts)

    async def edit_cuts(self, batch_id: UUID, video_id: UUID, version: UUID, edits: Sequence[CutEdit]) -> BatchJob:
        """Have a video rendered again with these edits in place of all earlier ones."""
        body = {"version": version, "edits": edits}
        return await self._ask("PUT", f"batch-jobs/{batch_id}/videos/{video_id}/cuts", BatchJob, body, again=False)

    async def usage(self) -> Usage:
        """What the account has used of its tier."""
        return await self._ask("GET", "usage", Usage)

    async def videos(
        self,
        *,
        search: str | None = None,
        ids: Sequence[UUID] = (),
        limit: int = 50,
        offset: int = 0,
        sort: str = "-created_at",
    ) -> LibraryPage:
        """A page of the library, or of the videos named."""
        asked = {"search": search, "limit": limit, "offset": offset, "sort": sort}
        given: dict[str, str | list[str]] = {name: str(value) for name, value in asked.items() if value is not None}
        if ids:
            given["ids"] = [str(one) for one in ids]
        return await self._ask("GET", f"videos?{httpx.QueryParams(given)}", LibraryPage)

    async def delete_video(self, video_id: UUID) -> None:
        """Remove a video from the library."""
        await self._send("DELETE", f"videos/{video_id}", again=False)

    async def upload_state(self, video_id: UUID) -> UploadState:
        """What the server has of an upload, with a fresh URL."""
        return await self._ask("GET", f"videos/{video_id}/upload", UploadState)

    async def sign_parts(self, video_id: UUID, numbers: Sequence[int]) -> PartUrls:
        """Freshly signed URLs for parts that are about to be sent."""
        return await self._ask("POST", f"videos/{video_id}/parts", PartUrls, {"numbers": numbers})

    async def complete_upload(self, video_id: UUID) -> Video:
        """All bytes were sent: have them verified and the file inspected."""
        return await self._ask("POST", f"videos/{video_id}/complete", Video, timeout_s=300)

    async def request_export(
        self, batch_id: UUID, kind: ExportFormat, options: Mapping[str, Any] | None = None
    ) -> ExportRequested:
        """Have the outputs of a batch packed."""
        return await self._ask(
            "POST", f"batch-jobs/{batch_id}/export", ExportRequested, {"format": kind, **(options or {})}
        )

    async def estimate_export(
        self, batch_id: UUID, kind: ExportFormat, options: Mapping[str, Any] | None = None
    ) -> ExportEstimate:
        """What an export would be."""
        return await self._ask(
            "POST", f"batch-jobs/{batch_id}/export/estimate", ExportEstimate, {"format": kind, **(options or {})}
        )

    async def export(self, batch_id: UUID, export_id: UUID) -> BatchExport:
        """One export, with its download URL when it is ready."""
        return await self._ask("GET", f"batch-jobs/{batch_id}/export/{export_id}", BatchExport)

    async def cancel_export(self, batch_id: UUID, export_id: UUID) -> BatchExport:
        """Stop an export."""
        return await self._ask("POST", f"batch-jobs/{batch_id}/export/{export_id}/cancel", BatchExport)

    async def retry_export(self, batch_id: UUID, export_id: UUID) -> BatchExport:
        """Make an export anew."""
        return await self._ask("POST", f"batch-jobs/{batch_id}/export/{export_id}/retry", BatchExport)

    async def exports(self, batch_id: UUID) -> ExportPage:
        """The exports of a batch."""
        return await self._ask("GET", f"batch-jobs/{batch_id}/exports", ExportPage)

    async def me(self) -> Me:
        """The account that asks."""
        return await self._ask("GET", "me", Me)

    async def sign_in(self, email: str, password: str) -> None:
        """Start a session, which this connection carries from now on."""
        # The API believes a cookie only from its own page; this is what the page would send.
        self.http.headers["Origin"] = self.url
        await self._send("POST", "session", {"email": email, "password": password}, again=False)

    async def sign_out(self) -> None:
        """End the session."""
        await self._send("DELETE", "session", again=False)

    async def make_key(self, name: str) -> ApiKeyMade:
        """Make an API key for programs."""
        return await self._ask("POST", "api-keys", ApiKeyMade, {"name": name}, again=False)

    async def revoke_key(self, key_id: UUID) -> None:
        """Make an API key useless."""
        await self._send("DELETE", f"api-keys/{key_id}")

    async def _ask(
        self,
        method: str,
        path: str,
        answer: type[T],
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        *,
        again: bool = True,
        timeout_s: float | None = None,
    ) -> T:
        """Send a question and decode its answer."""
        data = await self._send(method, path, body, headers, again=again, timeout_s=timeout_s)
        try:
            return msgspec.json.decode(data, type=answer)
        except msgspec.MsgspecError as error:
            raise ClientError(
                f"{self.url} answers in a way that this client does not understand ({error}); "
                "check the address, and that client and server are of the same version.",
                code="not_understood",
            ) from error

    async def _send(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        *,
        again: bool = True,
        timeout_s: float | None = None,
    ) -> bytes:
        """Send a question, again if need be. Without `again` only one that was surely not heard is repeated."""
        content = None if body is None else msgspec.json.encode(body)
        sent = {**(headers or {}), **({"Content-Type": "application/json"} if body is not None else {})}
        timeout = TIMEOUT if timeout_s is None else httpx.Timeout(timeout_s, connect=10.0)

        async def once() -> bytes:
            response = await self.http.request(method, path, content=content, headers=sent, timeout=timeout)
            check(response.status_code, response.content, response.headers)
            return response.content

        try:
            return await persist(once, self.backoff, worth_it=passing if again else unheard)
        except httpx.HTTPError as error:
            raise broken(error, self.url) from error


def check(status: int, body: bytes, headers: Mapping[str, str]) -> None:
    """Raise `Refused` for an answer that is an error."""
    if status >= 400:
        after = headers.get("Retry-After", "")
        raise Refused(problem_in(status, body), retry_after_s=float(after) if after.isdigit() else None)
    if status >= 300:
        raise ClientError(
            f"The server sends us on to {headers.get('Location', 'nowhere')}; give that address with --url.",
            code="redirected",
        )
