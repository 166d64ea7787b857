"""The uploader's tables and all its queries. All clocks are PostgreSQL's."""

from services.uploader.tables.probes import Probe, Probes
from services.uploader.tables.uploads import Upload, Uploads
from services.uploader.tables.videos import LibraryVideo, Status, Videos

TABLES = (Videos, Uploads, Probes)

__all__ = ["TABLES", "LibraryVideo", "Probe", "Probes", "Status", "Upload", "Uploads", "Videos"]
