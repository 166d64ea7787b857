"""What an operator's monitoring reads of the scheduler, at /metrics: who works, as the heartbeats say."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from services.scheduler.presence import Presence


class WorkerMetrics(Collector):
    """Gauges that are read off the presence when somebody asks, so that a worker that is gone is gone here too."""

    def __init__(self, presence: Presence) -> None:
        self.presence = presence

    def describe(self) -> Iterator[Metric]:
        """What there will be; asked for when it is registered, before anybody was heard."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """The gauges as of now."""
        workers = GaugeMetricFamily("dailies_scheduler_workers", "Workers that live.", labels=["service"])
        slots = GaugeMetricFamily("dailies_scheduler_worker_slots", "Slots of a worker.", labels=["service", "worker"])
        busy = GaugeMetricFamily(
            "dailies_scheduler_worker_running", "Videos in the slots of a worker.", labels=["service", "worker"]
        )
        started = GaugeMetricFamily(
            "dailies_scheduler_worker_started_seconds", "When a worker was started.", labels=["service", "worker"]
        )
        seen = self.presence.workers()
        for service in sorted({"processor", *(worker.service for worker in seen)}):
            workers.add_metric([service], sum(worker.service == service for worker in seen))
        for worker in seen:
            labels = [worker.service, worker.worker]
            slots.add_metric(labels, worker.slots)
            busy.add_metric(labels, len(worker.running))
            started.add_metric(labels, worker.started_at.timestamp())
        yield from (workers, slots, busy, started)


def show_workers(presence: Presence) -> None:
    """Have the workers in the metrics of this process."""
    REGISTRY.register(WorkerMetrics(presence))
