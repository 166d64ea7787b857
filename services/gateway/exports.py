"""Exports: the finished videos of a batch as one download."""

from __future__ import annotations

import uuid
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, JSONBody

from services.gateway import examples
from services.gateway.export_bodies import ExportRequested, NewExport
from services.gateway.links import export_with_link, exports_with_links
from services.gateway.openapi import told
from services.gateway.parameters import At, Who
from shared.messages import (
    CancelExport,
    EstimateExport,
    ExportOptions,
    GetExport,
    ListExports,
    ListUserExports,
    RequestExport,
    RetryExport,
)
from shared.views import BatchExport, ExportEstimate, ExportPage, UserExport, UserExports


@post(
    "/batch-jobs/{batch_id:uuid}/export",
    operation_id="export_batch_job",
    summary="Export a batch",
    tags=["Exports"],
    status_code=202,
    example={"format": "zip", "include_failed": False},
    responses=told(
        202,
        ExportRequested,
        ExportRequested(export_job_id=examples.EXPORT, export=examples.BATCH_EXPORT),
        "not_found",
        "conflict",
        "invalid",
        "forbidden",
    ),
)
async def export_batch_job(batch_id: FromPath[UUID], data: JSONBody[NewExport], caller: Who, at: At) -> ExportRequested:
    """Follow the export by its id until it has a `download_url`; an equal one that is still there is given at once."""
    export = await at.ask(
        RequestExport(
            request_id=uuid.uuid4(),
            user_id=caller.user_id,
            batch_id=batch_id,
            export_id=uuid.uuid4(),
            format=data.format,
            options=_options(data),
        )
    )
    return ExportRequested(export_job_id=export.id, export=await export_with_link(export, at.store))


def _options(data: NewExport) -> ExportOptions:
    return ExportOptions(**{name: getattr(data, name) for name in ExportOptions.__struct_fields__})


@post(
    "/batch-jobs/{batch_id:uuid}/export/estimate",
    operation_id="estimate_export",
    summary="What an export would be",
    tags=["Exports"],
    status_code=200,
    example={"format": "zip", "naming": "{position:03}_{name}"},
    responses=told(200, ExportEstimate, examples.EXPORT_ESTIMATE, "not_found", "conflict", "invalid"),
)
async def estimate_export(batch_id: FromPath[UUID], data: JSONBody[NewExport], caller: Who, at: At) -> ExportEstimate:
    """Size, number of videos and the names of the files, as the same body would give them; nothing is made."""
    return await at.ask(
        EstimateExport(user_id=caller.user_id, batch_id=batch_id, format=data.format, options=_options(data))
    )


@post(
    "/batch-jobs/{batch_id:uuid}/export/{export_id:uuid}/cancel",
    operation_id="cancel_export",
    summary="Cancel an export",
    tags=["Exports"],
    status_code=200,
    responses=told(200, BatchExport, examples.BATCH_EXPORT, "not_found", "conflict", "forbidden"),
)
async def cancel_export(batch_id: FromPath[UUID], export_id: FromPath[UUID], caller: Who, at: At) -> BatchExport:
    """It stops within a second, and nothing is left of it."""
    return await at.ask(
        CancelExport(request_id=uuid.uuid4(), user_id=caller.user_id, batch_id=batch_id, export_id=export_id)
    )


@post(
    "/batch-jobs/{batch_id:uuid}/export/{export_id:uuid}/retry",
    operation_id="retry_export",
    summary="Make an export anew",
    tags=["Exports"],
    status_code=202,
    responses=told(202, BatchExport, examples.BATCH_EXPORT, "not_found", "conflict", "forbidden"),
)
async def retry_export(batch_id: FromPath[UUID], export_id: FromPath[UUID], caller: Who, at: At) -> BatchExport:
    """One that failed, was cancelled or has expired, with its options, of what the batch has now."""
    return await at.ask(
        RetryExport(request_id=uuid.uuid4(), user_id=caller.user_id, batch_id=batch_id, export_id=export_id)
    )


@get(
    "/batch-jobs/{batch_id:uuid}/export/{export_id:uuid}",
    operation_id="get_export",
    summary="One export",
    tags=["Exports"],
    responses=told(200, BatchExport, examples.BATCH_EXPORT, "not_found"),
)
async def get_export(batch_id: FromPath[UUID], export_id: FromPath[UUID], caller: Who, at: At) -> BatchExport:
    """How far it is; when it is done, a URL that is valid for 24 hours."""
    export = await at.ask(GetExport(user_id=caller.user_id, batch_id=batch_id, export_id=export_id))
    return await export_with_link(at.feed.values.export(export), at.store)


@get(
    "/batch-jobs/{batch_id:uuid}/exports",
    operation_id="list_exports",
    summary="The exports of a batch",
    tags=["Exports"],
    responses=told(200, ExportPage, examples.EXPORT_PAGE, "not_found"),
)
async def list_exports(batch_id: FromPath[UUID], caller: Who, at: At) -> ExportPage:
    """All of them, newest first."""
    page = await at.ask(ListExports(user_id=caller.user_id, batch_id=batch_id))
    shown = ExportPage(exports=tuple(at.feed.values.export(export) for export in page.exports))
    return await exports_with_links(shown, at.store)


@get(
    "/exports",
    operation_id="list_all_exports",
    summary="My exports",
    tags=["Exports"],
    responses=told(200, UserExports, examples.USER_EXPORTS),
)
async def list_all_exports(caller: Who, at: At) -> UserExports:
    """The newest hundred of all batches, each with the name of its batch."""
    found = await at.ask(ListUserExports(user_id=caller.user_id))
    return UserExports(
        exports=tuple(
            [
                UserExport(
                    batch_name=listed.batch_name,
                    export=await export_with_link(at.feed.values.export(listed.export), at.store),
                )
                for listed in found.exports
            ]
        )
    )
