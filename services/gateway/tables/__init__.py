"""The gateway's tables and every query on them. All clocks are PostgreSQL's."""

from services.gateway.tables.accounts import Account, ApiKey, Caller, Session
from services.gateway.tables.allowances import Allowance, Creation
from services.gateway.tables.notices import Choices, Letters, Notices, NotificationChoices
from services.gateway.tables.resets import PasswordReset
from services.gateway.tables.templates import SettingsTemplate

TABLES = (
    Account,
    Session,
    ApiKey,
    Allowance,
    Creation,
    PasswordReset,
    SettingsTemplate,
    Notices,
    NotificationChoices,
    Letters,
)

__all__ = [
    "TABLES",
    "Account",
    "Allowance",
    "ApiKey",
    "Caller",
    "Choices",
    "Creation",
    "Letters",
    "Notices",
    "NotificationChoices",
    "PasswordReset",
    "Session",
    "SettingsTemplate",
]
