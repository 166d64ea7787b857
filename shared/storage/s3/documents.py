"""The XML that S3 speaks, to and from structs. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from msgspec import Struct

from shared.media import StoredObject
from shared.storage.objects import OpenMultipart
from shared.views import StoredPart


class Failure(Struct, frozen=True):
    """What the service says went wrong."""

    code: str
    message: str


class Listing(Struct, frozen=True):
    """A page of objects, and what to ask for the next one with."""

    objects: tuple[StoredObject, ...]
    next_token: str | None


class Uploads(Struct, frozen=True):
    """A page of open multipart uploads; the markers of the next one, when there is one."""

    uploads: tuple[OpenMultipart, ...]
    next_key: str | None
    next_upload: str


class Parts(Struct, frozen=True):
    """A page of parts, and after which number the next one begins."""

    parts: tuple[StoredPart, ...]
    next_number: str | None


def failure(body: bytes) -> Failure | None:
    """The error in a body, if that is what it is: some answers say 200 first and fail later."""
    try:
        root = _root(body)
    except ElementTree.ParseError:
        return None
    return Failure(_text(root, "Code"), _text(root, "Message")) if root.tag == "Error" else None


def value(body: bytes, name: str) -> str:
    """One value of a short answer, such as an UploadId. Empty when it is not there."""
    return _text(_root(body), name)


def listing(body: bytes) -> Listing:
    """An answer to ListObjectsV2. It tells neither content types nor checksums."""
    root = _root(body)
    found = tuple(
        StoredObject(key=_text(item, "Key"), size_bytes=int(_text(item, "Size")), etag=unquoted(_text(item, "ETag")))
        for item in root.findall("Contents")
    )
    return Listing(found, _text(root, "NextContinuationToken") or None)


def uploads(body: bytes) -> Uploads:
    """An answer to ListMultipartUploads."""
    root = _root(body)
    found = tuple(
        OpenMultipart(
            key=_text(item, "Key"),
            upload_id=_text(item, "UploadId"),
            created_at=datetime.fromisoformat(_text(item, "Initiated")),
        )
        for item in root.findall("Upload")
    )
    more = _text(root, "IsTruncated") == "true"
    return Uploads(found, _text(root, "NextKeyMarker") if more else None, _text(root, "NextUploadIdMarker"))


def parts(body: bytes) -> Parts:
    """An answer to ListParts. Some services list a part that was sent again twice: the newest counts."""
    root = _root(body)
    found = {
        int(_text(item, "PartNumber")): StoredPart(
            number=int(_text(item, "PartNumber")),
            size_bytes=int(_text(item, "Size")),
            etag=unquoted(_text(item, "ETag")),
        )
        for item in sorted(root.findall("Part"), key=lambda item: _text(item, "LastModified"))
    }
    more = _text(root, "IsTruncated") == "true"
    return Parts(tuple(found[n] for n in sorted(found)), _text(root, "NextPartNumberMarker") if more else None)


def completion(sent: Sequence[StoredPart]) -> bytes:
    """The body of CompleteMultipartUpload."""
    lines = "".join(
        f"<Part><PartNumber>{part.number}</PartNumber><ETag>&quot;{escape(part.etag)}&quot;</ETag></Part>"
        for part in sent
    )
    return f"<CompleteMultipartUpload>{lines}</CompleteMultipartUpload>".encode()


def deletion(keys: Sequence[str]) -> bytes:
    """The body of DeleteObjects; only failures are answered."""
    lines = "".join(f"<Object><Key>{escape(key)}</Key></Object>" for key in keys)
    return f"<Delete><Quiet>true</Quiet>{lines}</Delete>".encode()


def not_deleted(body: bytes) -> Failure | None:
    """The first failure in an answer to DeleteObjects."""
    item = _root(body).find("Error") if body else None
    return None if item is None else Failure(_text(item, "Code"), _text(item, "Message"))


def unquoted(etag: str) -> str:
    """An ETag without its quotes."""
    return etag.strip().strip('"')


def _root(body: bytes) -> Element:
    # The document comes from the store that the settings name; expat refuses entities that grow without bounds.
    root = ElementTree.fromstring(body)  # noqa: S314
    for item in root.iter():
        item.tag = item.tag.rpartition("}")[2]
    return root


def _text(item: Element, name: str) -> str:
    return item.findtext(name) or ""
