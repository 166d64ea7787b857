"""What an operator's monitoring reads of the scheduler, at /metrics: who works, what waits, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import REGISTRY, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from services.scheduler.presence import Presence
from services.scheduler.tables import QueueUsers
from shared.measuring import Gauge, measure
from shared.metrics import LONG_S

dispatched = Counter("dailies_scheduler_dispatched", "Videos that were handed to a worker.")
wait_seconds = Histogram(
    "dailies_scheduler_wait_seconds", "Seconds that a video waited for a worker once it could run.", buckets=LONG_S
)
video_seconds = Histogram(
    "dailies_scheduler_video_seconds", "Seconds from handing out a video to its completion.", buckets=LONG_S
)
videos_ended = Counter(
    "dailies_scheduler_videos_ended",
    "Videos that ended, by their status and the code of the reason.",
    ["status", "code"],
)
retries = Counter("dailies_scheduler_retries", "Videos that are tried again, by the code of the reason.", ["code"])
batches_ended = Counter("dailies_scheduler_batches_ended", "Batches that ended, by their status.", ["status"])
exports_ended = Counter("dailies_scheduler_exports_ended", "Exports that ended.", ["format", "status"])
export_seconds = Histogram(
    "dailies_scheduler_export_seconds", "Seconds from asking for an export to its end.", ["format"], buckets=LONG_S
)
leases_lost = Counter("dailies_scheduler_leases_lost", "Leases that ran out: the worker died or hung.")
never_claimed = Counter("dailies_scheduler_never_claimed", "Videos that were handed out and that no worker claimed.")


class WorkerMetrics(Collector):
    """Gauges that are read off the presence when somebody asks, so that a worker that is gone is gone here too."""

    def __init__(self, presence: Presence) -> None:
        self.presence = presence

    def describe(self) -> Iterator[Metric]:
        """What there will be; asked for when it is registered, before anybody was heard."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """The gauges as of now. No worker has a name here: each start has a new one. `GET /api/admin/workers` tells them.

        The label is not `service`, because Prometheus gives that to whoever is asked.
        """
        workers = GaugeMetricFamily("dailies_scheduler_workers", "Workers that live.", labels=["kind"])
        slots = GaugeMetricFamily("dailies_scheduler_worker_slots", "Slots of all workers.", labels=["kind"])
        busy = GaugeMetricFamily("dailies_scheduler_worker_running", "Videos in these slots.", labels=["kind"])
        seen = self.presence.workers()
        for service in sorted({"processor", *(worker.service for worker in seen)}):
            of_service = [worker for worker in seen if worker.service == service]
            workers.add_metric([service], len(of_service))
            slots.add_metric([service], sum(worker.slots for worker in of_service))
            busy.add_metric([service], sum(len(worker.running) for worker in of_service))
        yield from (workers, slots, busy)


def show_workers(presence: Presence) -> None:
    """Have the workers in the metrics of this process."""
    REGISTRY.register(WorkerMetrics(presence))


def show_queue() -> None:
    """Have what waits and what runs in the metrics of this process."""
    measure(
        QueueUsers.depth,
        Gauge("dailies_scheduler_waiting_videos", "Videos that wait for a worker."),
        Gauge("dailies_scheduler_waiting_users", "Users whose videos wait for a worker."),
        Gauge("dailies_scheduler_running_videos", "Videos that are with workers."),
        Gauge("dailies_scheduler_oldest_wait_seconds", "For how long the next video of a user waits, at the most."),
    )
