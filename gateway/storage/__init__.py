"""Files: their rows, their bytes, and who may have them."""

# The functions of files come along.
import portico.gateway.storage.actions  # noqa: F401  # pyright: ignore[reportUnusedImport]
from portico.gateway.storage.hooks import Arrived, purge, scan
from portico.gateway.storage.models import File

__all__ = ["Arrived", "File", "purge", "scan"]
