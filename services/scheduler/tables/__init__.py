"""The scheduler's tables and all its queries."""

from services.scheduler.tables.batches import BatchJobs
from services.scheduler.tables.contents import BatchContents
from services.scheduler.tables.exports import Exports
from services.scheduler.tables.failures import Failures
from services.scheduler.tables.outlook import Outlook
from services.scheduler.tables.queue import QueueClock, QueueUsers
from services.scheduler.tables.retention import Retention
from services.scheduler.tables.rollups import DailyTallies, DailyTotals
from services.scheduler.tables.under_way import UnderWay
from services.scheduler.tables.usage import UsageLedger
from services.scheduler.tables.videos import BatchVideos
from services.scheduler.tables.waiting import Waiting

TABLES = (
    BatchJobs,
    BatchVideos,
    BatchContents,
    DailyTallies,
    DailyTotals,
    Exports,
    Failures,
    Outlook,
    QueueClock,
    QueueUsers,
    Retention,
    UsageLedger,
    UnderWay,
    Waiting,
)

__all__ = [
    "TABLES",
    "BatchContents",
    "BatchJobs",
    "BatchVideos",
    "DailyTallies",
    "DailyTotals",
    "Exports",
    "Failures",
    "Outlook",
    "QueueClock",
    "QueueUsers",
    "Retention",
    "UnderWay",
    "UsageLedger",
    "Waiting",
]
