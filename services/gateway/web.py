"""The web application: every route, with who may ask, what a body may be, and how errors are told."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version

from litestar import Litestar, Router
from litestar.di import Provide
from litestar.middleware import DefineMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from services.gateway import (
    accounts,
    api_keys,
    audit,
    batches,
    billing,
    cuts,
    editing,
    events,
    exports,
    insight,
    new_password,
    notices,
    notification_choices,
    operators,
    oversight,
    preferences,
    sessions,
    sign_up,
    single_sign_on,
    templates,
    unsubscribing,
    videos,
    webhooks,
    words,
)
from services.gateway.authentication import SignedIn, caller_of, from_our_page, gateway_of, whence_of, within_scopes
from services.gateway.headers import with_headers
from services.gateway.openapi import configuration
from services.gateway.pages import ReferencePage, SchemaJson, SchemaYaml, front_page, page_file, reference_style
from services.gateway.problems import answer_problem
from services.gateway.service import Gateway
from services.gateway.validation import CheckedRequest

MOST_BODY_BYTES = 512 * 1024

ROUTES = (
    batches.create_batch_job,
    batches.list_batch_jobs,
    batches.get_batch_job,
    batches.start_batch_job,
    batches.pause_batch_job,
    batches.resume_batch_job,
    batches.cancel_batch_job,
    batches.retry_failed_videos,
    batches.delete_batch_job,
    oversight.get_batch_report,
    editing.add_videos_to_batch_job,
    editing.edit_batch_job,
    editing.remove_video_from_batch_job,
    editing.remove_videos_from_batch_job,
    editing.reorder_videos_of_batch_job,
    editing.duplicate_batch_job,
    editing.render_video_again,
    events.watch_batch_job,
    events.watch_everything,
    exports.export_batch_job,
    exports.estimate_export,
    exports.cancel_export,
    exports.retry_export,
    exports.get_export,
    exports.list_exports,
    exports.list_all_exports,
    cuts.get_cuts,
    cuts.edit_cuts,
    words.get_transcript,
    words.get_highlights,
    words.get_batch_highlights,
    videos.list_videos,
    videos.get_video,
    videos.delete_video,
    videos.get_upload,
    videos.sign_parts,
    videos.complete_upload,
    videos.prepare_video,
    sign_up.sign_up,
    sessions.sign_in,
    single_sign_on.get_sign_in_options,
    single_sign_on.start_sign_in,
    single_sign_on.finish_sign_in,
    sessions.sign_out,
    sessions.list_sessions,
    sessions.end_session,
    sessions.sign_out_everywhere,
    audit.get_audit_log,
    accounts.get_me,
    new_password.change_password,
    new_password.ask_for_password_reset,
    new_password.reset_password,
    preferences.get_preferences,
    preferences.change_preferences,
    oversight.get_usage,
    oversight.list_workers,
    oversight.get_queue,
    oversight.list_failures,
    operators.list_users,
    operators.change_user,
    operators.sign_out_user,
    operators.list_batch_jobs_of_user,
    operators.get_whole_audit_log,
    billing.get_storage,
    billing.list_months,
    billing.list_ledger,
    billing.download_ledger,
    billing.refund_videos,
    billing.list_deletions,
    billing.list_my_deletions,
    insight.get_analytics,
    insight.get_analytics_of_everybody,
    notices.list_notices,
    notices.mark_notice_read,
    notices.mark_all_notices_read,
    notification_choices.get_notification_settings,
    notification_choices.change_notification_settings,
    unsubscribing.unsubscribe,
    webhooks.list_webhooks,
    webhooks.create_webhook,
    webhooks.change_webhook,
    webhooks.delete_webhook,
    webhooks.rotate_webhook_secret,
    webhooks.test_webhook,
    webhooks.list_deliveries,
    webhooks.redeliver,
    api_keys.create_api_key,
    api_keys.list_api_keys,
    api_keys.revoke_api_key,
    templates.list_templates,
    templates.create_template,
    templates.change_template,
    templates.delete_template,
)


@cache
def application() -> Litestar:
    """The application, which can describe itself; with what each request is answered comes with the request."""
    api = Router(
        "/api",
        route_handlers=ROUTES,
        middleware=[DefineMiddleware(SignedIn)],
        guards=[from_our_page, within_scopes],
        dependencies={
            "caller": Provide(caller_of, sync_to_thread=False),
            "origin": Provide(whence_of, sync_to_thread=False),
        },
    )
    return Litestar(
        [api, front_page, page_file, reference_style],
        request_class=CheckedRequest,
        dependencies={"at": Provide(gateway_of, sync_to_thread=False)},
        exception_handlers={Exception: answer_problem},
        openapi_config=configuration(
            [ReferencePage(path="/"), SchemaJson(), SchemaYaml(path=["/openapi.yaml", "/openapi.yml"])], _version()
        ),
        request_max_body_size=MOST_BODY_BYTES,
        logging_config=None,
    )


def make_asgi(at: Gateway) -> ASGIApp:
    """The application as it is served, with these connections."""
    app = application()

    async def connected(scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {})["gateway"] = at
        await app(scope, receive, send)

    return with_headers(connected, at.settings)


def _version() -> str:
    try:
        return version("dailies")
    except PackageNotFoundError:
        return "0.1.0"
