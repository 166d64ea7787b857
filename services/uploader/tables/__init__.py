"""The uploader's tables and all its queries. All clocks are PostgreSQL's."""

from services.uploader.tables.probes import Probe, Probes
from services.uploader.tables.proxies import Making, Proxies, Proxy
from services.uploader.tables.uploads import Upload, Uploads
from services.uploader.tables.videos import LibraryVideo, Status, Videos

TABLES = (Videos, Uploads, Probes, Proxies)

__all__ = [
    "TABLES",
    "LibraryVideo",
    "Making",
    "Probe",
    "Probes",
    "Proxies",
    "Proxy",
    "Status",
    "Upload",
    "Uploads",
    "Videos",
]
