"""The gateway's tables and every query on them. All clocks are PostgreSQL's."""

from services.gateway.tables.accounts import Account, Caller, Role, Theme
from services.gateway.tables.allowances import Allowance, Creation
from services.gateway.tables.api_keys import ApiKey
from services.gateway.tables.audit import AuditEntry
from services.gateway.tables.deliveries import Deliveries, Delivery, Due
from services.gateway.tables.identities import Begun, Identities, SignInsBegun
from services.gateway.tables.notices import Choices, Letters, LinkKeys, Notices, NotificationChoices
from services.gateway.tables.resets import PasswordReset
from services.gateway.tables.sessions import KnownBrowser, Session
from services.gateway.tables.templates import SettingsTemplate
from services.gateway.tables.webhooks import Webhook, Webhooks

TABLES = (
    Account,
    Session,
    KnownBrowser,
    ApiKey,
    Allowance,
    AuditEntry,
    Creation,
    PasswordReset,
    SettingsTemplate,
    Notices,
    NotificationChoices,
    Letters,
    LinkKeys,
    Webhooks,
    Deliveries,
    Identities,
    SignInsBegun,
)

__all__ = [
    "TABLES",
    "Account",
    "Allowance",
    "ApiKey",
    "AuditEntry",
    "Begun",
    "Caller",
    "Choices",
    "Creation",
    "Deliveries",
    "Delivery",
    "Due",
    "Identities",
    "KnownBrowser",
    "Letters",
    "LinkKeys",
    "Notices",
    "NotificationChoices",
    "PasswordReset",
    "Role",
    "Session",
    "SettingsTemplate",
    "SignInsBegun",
    "Theme",
    "Webhook",
    "Webhooks",
]
