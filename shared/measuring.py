"""Gauges that are asked of the database or the disk when somebody reads the metrics, and of nobody otherwise."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import TimeoutError as OutOfTime
from pathlib import Path

from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry

from shared.logs import logger

log = logger(__name__)

Value = float | Mapping[str, float]
"""One number, or one for each value of the gauge's label."""

MEASURE_S = 2.0
_loop: asyncio.AbstractEventLoop | None = None


class Gauge:
    """What a gauge is called, what it says, and its label, if it has one."""

    def __init__(self, name: str, text: str, label: str = "") -> None:
        self.name = name
        self.text = text
        self.label = label

    def of(self, value: Value) -> GaugeMetricFamily:
        """The gauge with what was measured."""
        if not isinstance(value, Mapping):
            return GaugeMetricFamily(self.name, self.text, value=value)
        family = GaugeMetricFamily(self.name, self.text, labels=[self.label])
        for label, number in value.items():
            family.add_metric([label], number)
        return family


class Measured(Collector):
    """Gauges whose values come from one coroutine, in their order. What cannot be had in time is left out."""

    def __init__(self, measure: Callable[[], Awaitable[tuple[Value, ...]]], *gauges: Gauge) -> None:
        self._measure = measure
        self._gauges = gauges

    def describe(self) -> Iterator[Metric]:
        """What there will be; nothing is measured for it."""
        return iter([gauge.of({} if gauge.label else 0.0) for gauge in self._gauges])

    def collect(self) -> Iterator[Metric]:
        """As of now."""
        if _loop is None or _loop.is_closed():
            return
        asked = asyncio.run_coroutine_threadsafe(self._values(), _loop)
        try:
            values = asked.result(MEASURE_S)
        except OutOfTime:
            asked.cancel()
            return
        except Exception as error:
            log.warning("a gauge could not be measured", gauge=self._gauges[0].name, error=type(error).__name__)
            return
        for gauge, value in zip(self._gauges, values, strict=True):
            yield gauge.of(value)

    async def _values(self) -> tuple[Value, ...]:
        return await self._measure()


class Disks(Collector):
    """Room on the disks that a process writes to, by what they are for."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self._folders = folders

    def describe(self) -> Iterator[Metric]:
        """Known when somebody asks only."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """As of now."""
        free = GaugeMetricFamily("dailies_disk_free_bytes", "Free room on a disk, by what it is for.", labels=["disk"])
        size = GaugeMetricFamily("dailies_disk_size_bytes", "All room on a disk, by what it is for.", labels=["disk"])
        for name, folder in self._folders.items():
            try:
                usage = shutil.disk_usage(folder)
            except OSError:
                continue
            free.add_metric([name], usage.free)
            size.add_metric([name], usage.total)
        yield from (free, size)


def use(loop: asyncio.AbstractEventLoop) -> None:
    """The loop of this process, on which is measured."""
    global _loop
    _loop = loop


def measure(
    ask: Callable[[], Awaitable[tuple[Value, ...]]], *gauges: Gauge, registry: CollectorRegistry = REGISTRY
) -> None:
    """Have gauges in the metrics of this process, measured by a coroutine when somebody reads them."""
    registry.register(Measured(ask, *gauges))


def watch_disks(**folders: Path) -> None:
    """Have the room on these disks in the metrics of this process."""
    REGISTRY.register(Disks(folders))
