"""Accounts: the ready-made `User` model, and what people do to be one."""

import portico.gateway.auth.actions  # pyright: ignore[reportUnusedImport]  # the functions of accounts come along
import portico.gateway.auth.actions_providers  # noqa: F401  # pyright: ignore[reportUnusedImport]
from portico.gateway.auth.models import User

__all__ = ["User"]
