"""The gateway's tables and every query on them. All clocks are PostgreSQL's."""

from services.gateway.tables.accounts import Account, ApiKey, Caller, Session
from services.gateway.tables.allowances import Allowance, Creation

TABLES = (Account, Session, ApiKey, Allowance, Creation)

__all__ = ["TABLES", "Account", "Allowance", "ApiKey", "Caller", "Creation", "Session"]
