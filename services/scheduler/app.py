"""Answers questions about batches, dispatches videos, and looks for what got lost."""

from __future__ import annotations

from services.scheduler import analytics, answers, billing, claims, edit_answers, export_answers, oversight, retention
from services.scheduler.metrics import show_queue, show_workers
from services.scheduler.outlook import PROGRESS
from services.scheduler.service import Scheduler
from services.scheduler.settings import SchedulerSettings
from services.scheduler.sweeps import sweep_for_ever
from shared.running import Lifetime, run

ANSWERS = (
    answers.create_batch,
    edit_answers.add_videos,
    edit_answers.edit_batch,
    edit_answers.remove_videos,
    edit_answers.reorder_videos,
    edit_answers.duplicate_batch,
    answers.start_batch,
    answers.pause_batch,
    answers.resume_batch,
    answers.cancel_batch,
    answers.retry_failed,
    answers.render_again,
    answers.delete_batch,
    answers.get_batch,
    answers.list_batches,
    answers.get_estimates,
    answers.find_batches,
    answers.delete_video,
    export_answers.request_export,
    export_answers.estimate_export,
    export_answers.cancel_export,
    export_answers.retry_export,
    export_answers.get_export,
    export_answers.list_exports,
    export_answers.list_user_exports,
    oversight.get_report,
    oversight.get_usage,
    oversight.list_workers,
    oversight.get_queue,
    oversight.list_failures,
    analytics.get_analytics,
    billing.list_months,
    billing.list_ledger,
    billing.refund_videos,
    billing.measure_results,
    retention.list_deletions,
    claims.claim_run,
    claims.renew_lease,
)


async def main(settings: SchedulerSettings, lifetime: Lifetime) -> None:
    """Run until told to stop."""
    at = await Scheduler.open(settings, lifetime)
    show_workers(at.presence)
    show_queue()
    at.outbox.show_backlog()
    await at.bus.listen(PROGRESS, at.outlooks.hear)
    await at.bus.serve(ANSWERS, at)
    lifetime.background(sweep_for_ever(at))
    lifetime.ready(database=at.engine.check, rabbitmq=at.work.check, nats=at.bus.check)
    await lifetime.until_stopped()
    await at.close()


if __name__ == "__main__":
    run(SchedulerSettings, "scheduler", main)
