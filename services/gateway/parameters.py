"""What routes are handed besides their own parameters: who asks, from where, and the connections of this process."""

from __future__ import annotations

from typing import TypeAlias

from litestar.di import NamedDependency

from services.gateway.addresses import Whence
from services.gateway.service import Gateway
from services.gateway.tables import Caller

Who: TypeAlias = NamedDependency[Caller]
"""Who asks."""
At: TypeAlias = NamedDependency[Gateway]
"""The connections of this process."""
From: TypeAlias = NamedDependency[Whence]
"""Where the request comes from."""
