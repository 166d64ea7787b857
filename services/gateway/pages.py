"""What browsers get that is not the API: the built page, or a short plain one, and the reference of the API."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import Any

from litestar import Litestar, Request, Response, get
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin, YamlRenderPlugin
from litestar.params import FromPath
from litestar.response import File

from services.gateway.openapi import completed
from services.gateway.parameters import At
from services.gateway.reference import page, reference
from services.gateway.service import Gateway
from shared.errors import NotFound

HERE = Path(__file__).parent
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
"""Ways in which the build has packed files already, the best first, and how their names end."""

PLAIN = page(
    "Dailies",
    "<h1>Dailies</h1><p>The service runs; the web page is not built here.</p>"
    '<ul><li><a href="/schema">The API, for people</a></li>'
    '<li><a href="/schema/openapi.json">The API, for programs</a></li></ul>',
)


@get("/", include_in_schema=False)
async def front_page(at: At, request: Request[Any, Any, Any]) -> File | Response[bytes]:
    """The built page, or the plain one."""
    if (index := _index(at)) is None:
        return Response(PLAIN, media_type="text/html")
    return _file(index, request, lasting=False)


@get("/{path:path}", include_in_schema=False)
async def page_file(path: FromPath[Path], at: At, request: Request[Any, Any, Any]) -> File:
    """A file of the built page; its routes are the page's own, so that any other path gets the page itself."""
    index, wanted = _index(at), str(path).strip("/")
    if index is None or wanted == "api" or wanted.startswith("api/"):
        raise NotFound("There is nothing at this address.")
    folder = index.parent
    file = (folder / wanted).resolve()
    if file.is_relative_to(folder) and file.is_file():
        # Files in assets carry a hash of their content in their names.
        return _file(file, request, lasting=file.is_relative_to(folder / "assets"))
    if wanted.startswith("assets/"):
        # A part of an older page: its browser has to be told, not be given HTML for a script.
        raise NotFound("This part of the page is of an older version; reload the page.")
    return _file(index, request, lasting=False)


def _index(at: Gateway) -> Path | None:
    index = at.settings.frontend_folder.resolve() / "index.html"
    return index if index.is_file() else None


def _file(file: Path, request: Request[Any, Any, Any], *, lasting: bool) -> File:
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable" if lasting else "no-cache",
        "Vary": "Accept-Encoding",
    }
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    accepted = {part.partition(";")[0].strip() for part in request.headers.get("accept-encoding", "").split(",")}
    served = file
    for encoding, suffix in ENCODINGS:
        packed = file.with_name(file.name + suffix)
        if encoding in accepted and packed.is_file():
            served, headers["Content-Encoding"] = packed, encoding
            break
    return File(served, filename=file.name, media_type=kind, content_disposition_type="inline", headers=headers)


@get("/schema/reference.css", include_in_schema=False, sync_to_thread=False)
def reference_style() -> File:
    """The style of the reference."""
    return File(
        HERE / "reference.css", filename="reference.css", content_disposition_type="inline", media_type="text/css"
    )


class ReferencePage(OpenAPIRenderPlugin):
    """The reference at /schema."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The page."""
        return reference(_described(request.app, openapi_schema))


class SchemaJson(JsonRenderPlugin):
    """The description at /schema/openapi.json."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The description as JSON."""
        return super().render(request, _described(request.app, openapi_schema))


class SchemaYaml(YamlRenderPlugin):
    """The description at /schema/openapi.yaml."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The description as YAML."""
        return super().render(request, _described(request.app, openapi_schema))


def _described(app: Litestar, openapi_schema: dict[str, Any]) -> dict[str, Any]:
    if "described" not in app.state:
        app.state.described = completed(openapi_schema, app)
    described: dict[str, Any] = app.state.described
    return described
