"""Settings templates: settings kept under a name, one of them the default for new batches."""

from __future__ import annotations

import uuid
from uuid import UUID

from litestar import delete, get, patch, post
from litestar.params import FromPath, JSONBody

from services.gateway import examples
from services.gateway.bodies import NewTemplate, Template, TemplateChange, Templates
from services.gateway.openapi import told
from services.gateway.parameters import At, Who
from services.gateway.tables import SettingsTemplate
from shared.errors import Conflict, NotFound
from shared.names import name_of

MOST_TEMPLATES = 50
NO_SUCH = "There is no such template."


@get(
    "/settings-templates",
    operation_id="list_settings_templates",
    summary="My settings templates",
    tags=["Templates"],
    responses=told(200, Templates, {"templates": [examples.TEMPLATE]}),
)
async def list_templates(caller: Who) -> Templates:
    """All of them: the default first, then by name."""
    return Templates(templates=tuple(Template(**row) for row in await SettingsTemplate.of(caller.user_id)))


@post(
    "/settings-templates",
    operation_id="create_settings_template",
    summary="Keep settings as a template",
    tags=["Templates"],
    example={"name": "Podcast", "settings": {"remove_silence": True}, "is_default": True},
    responses=told(201, Template, examples.TEMPLATE, "invalid", "conflict", "forbidden"),
)
async def create_template(data: JSONBody[NewTemplate], caller: Who, at: At) -> Template:
    """Names are unique whatever their case; a new default takes the place of the one before."""
    name = name_of(data.name, what="The template's name", at_most=60)
    if len(await SettingsTemplate.of(caller.user_id)) >= MOST_TEMPLATES:
        raise Conflict(f"An account may have {MOST_TEMPLATES} templates; delete one that is not used any more.")
    async with at.engine.transaction():
        await _check_name(caller.user_id, name, None)
        row = await SettingsTemplate.put(uuid.uuid4(), caller.user_id, name, data.settings, is_default=data.is_default)
    return Template(**row)


@patch(
    "/settings-templates/{template_id:uuid}",
    operation_id="change_settings_template",
    summary="Rename or change a template",
    tags=["Templates"],
    example={"name": "Podcast, long pauses", "is_default": True},
    responses=told(200, Template, examples.TEMPLATE, "not_found", "invalid", "conflict", "forbidden"),
)
async def change_template(template_id: FromPath[UUID], data: JSONBody[TemplateChange], caller: Who, at: At) -> Template:
    """What is left out stays as it is."""
    async with at.engine.transaction():
        known = await SettingsTemplate.one(caller.user_id, template_id)
        if known is None:
            raise NotFound(NO_SUCH)
        name = known["name"]
        if data.name is not None:
            name = name_of(data.name, what="The template's name", at_most=60)
            await _check_name(caller.user_id, name, template_id)
        row = await SettingsTemplate.put(
            template_id,
            caller.user_id,
            name,
            known["settings"] if data.settings is None else data.settings,
            is_default=known["is_default"] if data.is_default is None else data.is_default,
        )
    return Template(**row)


@delete(
    "/settings-templates/{template_id:uuid}",
    operation_id="delete_settings_template",
    summary="Delete a template",
    tags=["Templates"],
    responses=told(204, None, None, "not_found", "forbidden"),
)
async def delete_template(template_id: FromPath[UUID], caller: Who) -> None:
    """Batches that were made with it keep their settings."""
    if not await SettingsTemplate.forget(caller.user_id, template_id):
        raise NotFound(NO_SUCH)


async def _check_name(user_id: UUID, name: str, template_id: UUID | None) -> None:
    if await SettingsTemplate.name_taken(user_id, name, template_id):
        raise Conflict(f"There is a template named {name!r} already; choose another name.")
