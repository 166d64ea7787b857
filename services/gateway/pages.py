"""What browsers get that is not the API: the built page, or a short plain one, and the reference of the API."""

from __future__ import annotations

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

PLAIN = page(
    "Dailies",
    "<h1>Dailies</h1><p>The service runs; the web page is not built here.</p>"
    '<ul><li><a href="/schema">The API, for people</a></li>'
    '<li><a href="/schema/openapi.json">The API, for programs</a></li></ul>',
)


@get("/", include_in_schema=False)
async def front_page(at: At) -> File | Response[bytes]:
    """The built page, or the plain one."""
    if (index := _index(at)) is None:
        return Response(PLAIN, media_type="text/html")
    return _file(index, lasting=False)


@get("/{path:path}", include_in_schema=False)
async def page_file(path: FromPath[Path], at: At) -> File:
    """A file of the built page; its routes are the page's own, so that any other path gets the page itself."""
    index, wanted = _index(at), str(path).strip("/")
    if index is None or wanted == "api" or wanted.startswith("api/"):
        raise NotFound("There is nothing at this address.")
    folder = index.parent
    file = (folder / wanted).resolve()
    if not file.is_relative_to(folder) or not file.is_file():
        return _file(index, lasting=False)
    # Files in assets carry a hash of their content in their names.
    return _file(file, lasting=file.is_relative_to(folder / "assets"))


def _index(at: Gateway) -> Path | None:
    index = at.settings.frontend_folder.resolve() / "index.html"
    return index if index.is_file() else None


def _file(file: Path, *, lasting: bool) -> File:
    headers = {"Cache-Control": "public, max-age=31536000, immutable" if lasting else "no-cache"}
    return File(file, filename=file.name, content_disposition_type="inline", headers=headers)


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
