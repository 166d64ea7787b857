"""What can be set about the uploader."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from shared.settings import StoreSettings

MIB = 1024 * 1024


class UploaderSettings(StoreSettings, frozen=True, kw_only=True):
    """The uploader's settings, for its app and its worker."""

    http_host: str = "127.0.0.1"
    """Address on which the local store's endpoint is served."""
    http_port: int = 8401
    """Port on which the local store's endpoint is served."""
    scratch_folder: Path = Path(".run/scratch")
    """Folder for files being inspected; on the store's disk nothing has to be copied into it."""
    single_put_bytes: int = 64 * MIB
    """Files up to this size are sent by one PUT, larger ones in parts."""
    part_bytes: int = 16 * MIB
    """The smallest size of a part; it grows with the file."""
    upload_url_minutes: float = 15.0
    """Minutes for which the URL of an upload or a part is valid."""
    thumbnail_url_hours: float = 24.0
    """Hours for which the URL of a thumbnail is valid."""
    idle_connection_s: float = 60.0
    """Seconds without a byte after which a transfer is given up."""
    abandoned_h: float = 24.0
    """Hours without a byte after which an unfinished upload is given up."""
    probe_slots: int = 2
    """Files that one worker inspects at the same time."""
    probe_lease_s: float = 30.0
    """Seconds without a sign of life after which an inspection counts as lost."""
    probe_patience_s: float = 600.0
    """Seconds after which a file whose inspection nobody began is announced again."""
    proxy_slots: int = 1
    """Copies for browsers that one worker makes at the same time, each with one thread at the lowest priority."""
    proxy_lease_s: float = 15.0
    """Seconds without a sign of life after which the making of a copy counts as lost."""
    proxies_at_once: int = 2
    """Copies that one user may have in the making; more have to wait."""
    proxy_days: float = 30.0
    """Days after which a copy that nobody looked at is removed; it is made anew when it is wanted."""
    upload_sweep_s: float = 10.0
    """Seconds between looks for lost inspections and abandoned uploads."""
    tidy_s: float = 3600.0
    """Seconds between looks through the store for objects that belong to no video."""

    @property
    def upload_url_lifetime(self) -> timedelta:
        """How long the URL of an upload or a part is valid."""
        return timedelta(minutes=self.upload_url_minutes)

    @property
    def thumbnail_url_lifetime(self) -> timedelta:
        """How long the URL of a thumbnail is valid."""
        return timedelta(hours=self.thumbnail_url_hours)
