"""Accounts: the ready-made `User` model, and what people do to be one."""

import portico.gateway.auth.actions  # noqa: F401  # the functions of accounts come with them
from portico.gateway.auth.models import User

__all__ = ["User"]
