"""Accounts: the ready-made `User` model, what people do to be one, and where an author's own code comes in."""

# pyright: reportUnusedImport=false
# The functions of accounts come along.
import portico.gateway.auth.actions_factors
import portico.gateway.auth.actions_keys
import portico.gateway.auth.actions_providers
import portico.gateway.auth.actions_ways  # noqa: F401
from portico.gateway.auth.actions import sign_up
from portico.gateway.auth.hooks import claims, mail
from portico.gateway.auth.models import User
from portico.schema.templates import Mail

__all__ = ["Mail", "User", "claims", "mail", "sign_up"]
