"""The description of the API as a page for people: plain HTML without scripts, so that it works without the internet."""

from __future__ import annotations

import json
import re
from html import escape
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")


def page(title: str, body: str) -> bytes:
    """A whole HTML page in the style of the reference."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="stylesheet" href="/schema/reference.css"></head><body><main>{body}</main></body></html>'
    ).encode()


def reference(schema: dict[str, Any]) -> bytes:
    """The whole API on one page: each route with its parameters, bodies, answers and examples."""
    info = schema["info"]
    parts = [
        f"<h1>{escape(info['title'])} <small>{escape(info['version'])}</small></h1>",
        _text(info.get("description", "")),
        '<p>For programs: <a href="/schema/openapi.json">openapi.json</a>, <a href="/schema/openapi.yaml">openapi.yaml</a></p>',
    ]
    by_tag: dict[str, list[str]] = {}
    for path, item in schema["paths"].items():
        for method in METHODS:
            if operation := item.get(method):
                tag = (operation.get("tags") or ["Other"])[0]
                by_tag.setdefault(tag, []).append(_operation(method, path, operation, schema))
    for tag, operations in by_tag.items():
        parts += [f"<h2>{escape(tag)}</h2>", *operations]
    parts.append("<h2>Structures</h2>")
    for name, component in sorted(schema["components"]["schemas"].items()):
        parts.append(
            f'<details id="{escape(name)}"><summary><b>{escape(name)}</b></summary>'
            f"{_text(component.get('description', ''))}{_fields(component)}</details>"
        )
    return page(f"{info['title']} API", "".join(parts))


def _operation(method: str, path: str, operation: dict[str, Any], schema: dict[str, Any]) -> str:
    parts = [
        (
            f'<details id="{escape(operation["operationId"])}"><summary><b class="{method}">{method.upper()}</b> '
            f"<code>{escape(path)}</code> {escape(operation.get('summary', ''))}</summary>"
        ),
        _text(operation.get("description", "")),
    ]
    if operation.get("security") == []:
        parts.append("<p>Needs nobody to be signed in.</p>")
    if parameters := operation.get("parameters"):
        rows = "".join(
            f"<tr><td><code>{escape(parameter['name'])}</code></td><td>{escape(parameter['in'])}</td>"
            f"<td>{_kind(parameter.get('schema', {}))}</td><td>{escape(parameter.get('description') or '')}</td></tr>"
            for parameter in parameters
        )
        parts.append(f"<h3>Parameters</h3><table>{rows}</table>")
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        parts.append(f"<h3>Body: {_kind(content['schema'])}</h3>{_example(content.get('example'), media_type)}")
    for status, response in operation["responses"].items():
        parts.append(f"<h3>{escape(status)}: {escape(response['description'])}</h3>")
        for media_type, content in (response.get("content") or {}).items():
            parts.append(f"<p>{_kind(content.get('schema', {}))}</p>")
            parts += [_example(example["value"], media_type) for example in (content.get("examples") or {}).values()]
    return "".join([*parts, "</details>"])


def _fields(component: dict[str, Any]) -> str:
    if "enum" in component:
        return f"<p>One of {', '.join(f'<code>{escape(str(value))}</code>' for value in component['enum'])}.</p>"
    required = component.get("required", ())
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{_kind(field)}</td>"
        f"<td>{'' if name in required else 'optional; '}{escape(field.get('description') or '')}</td></tr>"
        for name, field in component.get("properties", {}).items()
    )
    return f"<table>{rows}</table>"


def _kind(schema: dict[str, Any]) -> str:
    """A type in a few words, with links to structures."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    if options := schema.get("oneOf") or schema.get("anyOf"):
        return " or ".join(_kind(option) for option in options)
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    if "const" in schema:
        return f"<code>{escape(json.dumps(schema['const']))}</code>"
    kind = schema.get("type", "anything")
    return escape(" or ".join(kind) if isinstance(kind, list) else schema.get("format", kind))


def _example(value: Any, media_type: str) -> str:
    text = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
    return f'<pre title="{escape(media_type)}">{escape(text)}</pre>'


def _text(markdown: str) -> str:
    """Paragraphs, numbered lists and `code`: as much of Markdown as our descriptions use."""
    blocks = []
    for block in re.split(r"\n\s*\n", markdown.strip()):
        lines = [re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(line.strip())) for line in block.splitlines()]
        if lines and all(re.match(r"\d+\. ", line) for line in lines):
            items = "".join(f"<li>{line.partition('. ')[2]}</li>" for line in lines)
            blocks.append(f"<ol>{items}</ol>")
        elif lines:
            blocks.append(f"<p>{' '.join(lines)}</p>")
    return "".join(blocks)
