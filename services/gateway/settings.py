"""Settings of the gateway."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from msgspec import field

from shared.batches import Tier
from shared.settings import StoreSettings
from shared.tiers import DEFAULT_TIERS, Limits


class GatewaySettings(StoreSettings, frozen=True, kw_only=True):
    """What the gateway's processes need."""

    http_host: str = "127.0.0.1"
    """Address on which the API is served."""
    http_port: int = 8400
    """Port on which the API is served."""
    public_url: str = "http://127.0.0.1:8400"
    """Address of the page and the API as browsers see it; with https, cookies are marked Secure."""
    trusted_proxies: str = ""
    """Addresses of reverse proxies whose X-Forwarded-For is believed, separated by commas; none when empty."""
    demo_account: str = ""
    """`email:password` of an account of tier pro that is made at the start; none when empty."""
    tiers: dict[Tier, Limits] = field(default_factory=lambda: dict(DEFAULT_TIERS))
    """The limits of each tier, as JSON."""
    patience_s: float = 4.0
    """Seconds to wait for another service to answer."""
    sign_up: bool = True
    """Whether anybody may make an account, of the tier free."""
    sign_ups_per_hour: int = 20
    """Accounts that may be made from one address within an hour."""
    oidc_issuer: str = ""
    """Address of an OpenID Connect provider by which people may sign in, `https://…`, as it writes it itself; none when empty."""
    oidc_client_id: str = ""
    """What the provider calls this installation; its redirect address there is the public URL and `/api/oidc/callback`."""
    oidc_client_secret: str = ""
    """The secret that goes with it; a public client has none."""
    oidc_name: str = "single sign-on"
    """What the provider is called on the page: "Sign in with …"."""
    oidc_domains: str = ""
    """Domains of email addresses that are let in by the provider, separated by commas; all when empty."""
    oidc_sign_up: bool = True
    """Whether whoever comes from the provider without an account gets one, of the tier free."""
    session_days: int = 14
    """Days without use after which a browser has to sign in again."""
    handler_slots: int = 4
    """Events that one worker handles at the same time."""
    notice_days: float = 90.0
    """Days after which a notice is removed."""
    smtp_url: str = ""
    """Mail server, `smtp://user:password@host:587` (STARTTLS, always with a password) or `smtps://…`; no mail is sent when empty."""
    mail_from: str = "Dailies <dailies@localhost>"
    """Sender of the mail, `Name <address>`."""
    reset_minutes: int = 30
    """Minutes for which the link in a mail sets a new password."""
    webhook_networks: str = ""
    """Internal networks that webhooks may reach, also by http, such as `10.1.0.0/16`, separated by commas; none when empty."""
    webhook_retries_s: tuple[float, ...] = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
    """Seconds to wait before each further try of a webhook."""
    webhook_patience_s: float = 15.0
    """Seconds that the receiver of a webhook has for its answer."""
    webhook_give_up_h: float = 120.0
    """Hours without any success after which a webhook is switched off."""
    encryption_keys: str = ""
    """Keys of webhooks' secrets in the database: 32 bytes in URL-safe base64, parted by commas; the first encrypts, all decrypt."""
    webhook_log_days: float = 30.0
    """Days for which is kept what was sent to webhooks."""
    frontend_folder: Path = Path("frontend/dist")
    """Folder of the built web page; a short plain page is shown while it does not exist."""
    live_batches: int = 5_000
    """Batches whose last live values a gateway keeps in memory."""
    log_events: int = 20_000
    """Events that a gateway keeps in memory for clients that come back after an interruption."""
    watcher_bytes: int = 1024 * 1024
    """Bytes of events that may wait for a slow client before it has to start over with a snapshot."""
    watchers_per_user: int = 200
    """Event streams that one user may have open at a gateway."""

    @property
    def oidc(self) -> bool:
        """Whether people may sign in by a provider."""
        return bool(self.oidc_issuer)

    @property
    def webhook_tries(self) -> int:
        """How often something is sent to a webhook in all."""
        return 1 + len(self.webhook_retries_s)

    @property
    def secure(self) -> bool:
        """Whether browsers reach the gateway by https."""
        return self.public_url.startswith("https://")

    @property
    def origin(self) -> str:
        """Scheme, host and port of the public URL, as browsers send them."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"
