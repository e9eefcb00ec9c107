"""How are Portico's own tables told from the author's."""

from __future__ import annotations

from portico.schema import infos

OWN_PREFIX = infos.OWN_PREFIX
OPTIONAL = "portico_optional"
"""In a table's `info`: what does not use it runs without it."""
