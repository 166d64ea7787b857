"""A bucket that is not there yet is made, with the access that browsers need to upload and play."""

from __future__ import annotations

import base64
import hashlib

from shared.errors import DailiesError, NotFound, Unavailable
from shared.logs import logger
from shared.storage.s3.connection import Connection

log = logger(__name__)

CORS = (
    b"<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod>"
    b"<AllowedMethod>HEAD</AllowedMethod><AllowedMethod>PUT</AllowedMethod><AllowedHeader>*</AllowedHeader>"
    b"<ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>7200</MaxAgeSeconds></CORSRule></CORSConfiguration>"
)
"""Any origin: a signed URL carries its own authority, and no cookie goes with it."""


async def prepare(connection: Connection) -> None:
    """Make the bucket if it is missing. One that is there stays as it is: its owner decides. Raises `Unavailable`."""
    if await _exists(connection):
        return
    place, region = connection.internal, connection.credentials.region
    body = b""
    if region != "us-east-1":
        body = f"<CreateBucketConfiguration><LocationConstraint>{region}</LocationConstraint></CreateBucketConfiguration>".encode()
    try:
        await connection.ask("PUT", body=body)
    except DailiesError as error:
        if await _exists(connection):
            return  # Another process has just made it.
        raise Unavailable(
            f"The store at {place.endpoint} has no bucket {place.bucket!r}, and none is made: {error}"
        ) from error
    log.info("made the bucket of the store", bucket=place.bucket)
    try:
        digest = base64.b64encode(hashlib.md5(CORS, usedforsecurity=False).digest()).decode()
        await connection.ask("PUT", query={"cors": ""}, headers={"Content-MD5": digest}, body=CORS)
    except DailiesError as error:
        # Some services allow browsers by a setting of their own.
        log.warning("the bucket's access for browsers could not be set; see the runbook", error=str(error))


async def _exists(connection: Connection) -> bool:
    try:
        await connection.ask("HEAD")
    except NotFound:
        return False
    return True
