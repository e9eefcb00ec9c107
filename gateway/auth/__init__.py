"""Accounts: the ready-made `User` model, and what people do to be one."""

import portico.gateway.auth.actions  # noqa: F401  # pyright: ignore[reportUnusedImport]  # the functions of accounts come along
from portico.gateway.auth.models import User

__all__ = ["User"]
