"""What the exporter is told through RabbitMQ."""

from __future__ import annotations

import uuid

from services.exporter import metrics
from services.exporter.building import deliver
from services.exporter.service import Exporter
from services.exporter.tables import Deliverable
from shared.claims import Run, RunStopped, claimed
from shared.database import patiently
from shared.errors import DailiesError, Invalid, NotFound, PermanentFailure, TooLarge
from shared.logs import logger
from shared.messages import BuildExport, DeleteDeliverable, ExportFailed
from shared.work import handles

log = logger(__name__)

PERMANENT = (PermanentFailure, Invalid, NotFound, TooLarge)


@handles(BuildExport, retries=0)
async def build_export(command: BuildExport, at: Exporter) -> None:
    """Claim the run, have the deliverable in the store, then say what came of it."""
    try:
        async with claimed(at.bus, command.export_id, command.attempt, at.worker) as run:
            try:
                await deliver(command, run, at)
            except Exception as error:
                failed = failure(error, command, run)
                metrics.exports.labels(command.format.value, "failed", failed.code).inc()
                await patiently(lambda: _say_failed(failed, at))
    except RunStopped as stop:
        metrics.exports.labels(command.format.value, "stopped", stop.verdict).inc()
        log.info("the export is not built here", verdict=stop.verdict)


async def _say_failed(failed: ExportFailed, at: Exporter) -> None:
    async with at.outbox.change():
        await at.outbox.add(failed)


@handles(DeleteDeliverable)
async def delete_deliverable(command: DeleteDeliverable, at: Exporter) -> None:
    """Let go of an export's deliverable, and remove the file unless another export of the same content has it too."""
    for key in await Deliverable.release(command.export_id):
        await at.store.delete(key)


HANDLERS = (build_export, delete_deliverable)


def failure(error: Exception, command: BuildExport, run: Run) -> ExportFailed:
    """What to say of an export that could not be built; an error that is not meant for people is known by its number."""
    if isinstance(error, DailiesError):
        log.warning("the export failed", error=str(error))
        permanent, code, reason = isinstance(error, PERMANENT), error.code, str(error)
    else:
        number = uuid.uuid4().hex[:12]
        log.error("the export failed", error_id=number, exc_info=error)
        permanent, code, reason = False, "internal", f"Something went wrong here; the log knows it as {number}."
    return ExportFailed(export_id=command.export_id, run_token=run.token, permanent=permanent, code=code, reason=reason)
