"""Accounts: the ready-made `User` model, and what people do to be one."""

# pyright: reportUnusedImport=false
# The functions of accounts come along.
import portico.gateway.auth.actions
import portico.gateway.auth.actions_ways  # noqa: F401
from portico.gateway.auth.models import User

__all__ = ["User"]
