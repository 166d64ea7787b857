"""The description of the API: what the routes say of themselves, completed with examples, problems and ways to sign in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from litestar import Litestar
from litestar.openapi import OpenAPIConfig, ResponseSpec
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.openapi.spec import Components, Example, SecurityScheme
from litestar.routes import HTTPRoute

from services.gateway.examples import plain
from services.gateway.problems import MEDIA_TYPE, STATUS, Problem, problem
from services.gateway.scopes import scope_of

SENTENCES = {
    "invalid": "name must be a name of 1 to 100 characters.",
    "unauthenticated": "Sign in, or send an API key as 'Authorization: Bearer dly_…'.",
    "forbidden": "This request does not come from the page of this installation.",
    "quota": "Your tier (pro) allows 50 videos in a batch; this one has 51.",
    "not_found": "There is no such batch.",
    "conflict": "The batch is running already.",
    "too_large": "'long.mp4' has 3221225472 bytes; a video may have up to 2147483648.",
    "rate_limited": "Your tier (pro) allows 20 new batches within an hour; try again later.",
    "unavailable": "The scheduler does not answer just now; try again in a moment.",
}
"""An example sentence for each code; the real ones depend on the case."""

TEXT = """
Drop a season of videos in with one set of settings; find every one transcribed, tightened and exported.

1. `POST /api/batch-jobs` with the names and sizes of the files: the answer says where each file is sent.
2. PUT the bytes there, then `POST /api/videos/{video_id}/complete` for each.
3. `POST /api/batch-jobs/{batch_id}/start`, and watch `GET /api/batch-jobs/{batch_id}/progress`.
4. `POST /api/batch-jobs/{batch_id}/export`, and follow the export's `download_url`.

Browsers sign in with `POST /api/session`; programs send `Authorization: Bearer dly_…`. Whatever goes wrong is told as an
`application/problem+json` body with a stable `code` and one sentence that says what to do. Ids of other people's things are
answered as if they did not exist. Every answer carries an `X-Request-Id`, by which the logs can be searched.
"""


def told(status: int, answer: Any, example: object, *codes: str, public: bool = False) -> dict[int, ResponseSpec]:
    """The responses of a route: its answer with an example, and the problems that are to be expected, by code."""
    specs: dict[int, ResponseSpec] = {}
    if answer is not None:
        specs[status] = ResponseSpec(
            answer,
            generate_examples=False,
            description="What was asked for",
            examples=[Example(summary="example", value=plain(example))],
        )
    by_status: dict[int, list[str]] = {}
    for code in (*(() if public else ("unauthenticated",)), *codes, "unavailable"):
        by_status.setdefault(STATUS[code][0], []).append(code)
    for number, together in by_status.items():
        specs[number] = ResponseSpec(
            Problem,
            generate_examples=False,
            description="; ".join(STATUS[code][1] for code in together),
            media_type=MEDIA_TYPE,
            examples=[Example(summary=code, value=plain(problem(code, SENTENCES[code]))) for code in together],
        )
    return specs


def configuration(plugins: Iterable[OpenAPIRenderPlugin], version: str) -> OpenAPIConfig:
    """What the description says of the API as a whole."""
    return OpenAPIConfig(
        title="Dailies",
        version=version,
        description=TEXT.strip(),
        render_plugins=list(plugins),
        use_handler_docstrings=True,
        components=Components(
            security_schemes={
                "api_key": SecurityScheme(
                    type="http",
                    scheme="bearer",
                    description="An API key: `dly_…`, with the scope that the route names.",
                ),
                "session": SecurityScheme(
                    type="apiKey",
                    name="dailies",
                    security_scheme_in="cookie",
                    description="The cookie of POST /api/session.",
                ),
            }
        ),
    )


def completed(schema: dict[str, Any], app: Litestar) -> dict[str, Any]:
    """The description with exact structures, examples of bodies, and without what never happens."""
    handlers = {
        handler.operation_id: handler
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if isinstance(handler.operation_id, str)
    }
    # msgspec describes its structs more exactly than Litestar does: with the limits of what is inside of lists and options.
    kinds = [spec.data_container for handler in handlers.values() for spec in (handler.responses or {}).values()]
    kinds += [handler.parsed_data_field.annotation for handler in handlers.values() if handler.parsed_data_field]
    _, structs = msgspec.json.schema_components(
        [kind for kind in kinds if kind is not None], ref_template="#/components/schemas/{name}"
    )
    schema["components"]["schemas"] = dict(sorted(structs.items()))
    sent: set[str] = set()
    for item in schema["paths"].values():
        for method, operation in item.items():
            handler = handlers[operation["operationId"]]
            operation["responses"].pop("400", None)  # a wrong body or parameter is a 422 here
            if handler.opt.get("exclude_from_auth"):
                operation["security"] = []
            else:
                scope = scope_of(method, dict(handler.opt))
                operation["security"] = [{"api_key": [scope]}, {"session": []}]
            for content in operation.get("requestBody", {}).get("content", {}).values():
                sent |= _named(content, schema)
                content["example"] = plain(handler.opt["example"])
            if "body_may_be_missing" in handler.opt:
                operation["requestBody"]["required"] = False
    for name, component in structs.items():
        # msgspec writes every field of an answer, also those with a default.
        if name not in sent and name != Problem.__name__ and "properties" in component:
            component["required"] = list(component["properties"])
    return schema


def _named(part: Any, schema: dict[str, Any], found: set[str] | None = None) -> set[str]:
    """The components that a part of the description refers to, directly or not."""
    found = set() if found is None else found
    if isinstance(part, dict):
        name = str(part.get("$ref", "")).rpartition("/")[2]
        if name and name not in found:
            found.add(name)
            _named(schema["components"]["schemas"][name], schema, found)
        for value in part.values():
            _named(value, schema, found)
    elif isinstance(part, list):
        for value in part:
            _named(value, schema, found)
    return found
