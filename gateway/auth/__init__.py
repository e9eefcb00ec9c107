"""Accounts: the ready-made `User` model."""

from portico.gateway.auth.models import User

__all__ = ["User"]
