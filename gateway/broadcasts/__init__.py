"""What carries messages of channels between processes: backends for broadcaster's protocol, by URL."""

from __future__ import annotations

from broadcaster import BroadcastBackend

from portico.gateway.broadcasts.postgres import PostgresBackend
from portico.gateway.problems import InvalidSettings

__all__ = ["backend_of"]


def backend_of(broadcast_url: str, database_url: str) -> BroadcastBackend | None:
    """
    The backend of the settings; None where there is one process alone, whose memory is enough.

    Raises:
        InvalidSettings: the URL names nothing that is known, or something that is not installed.
    """
    url = broadcast_url or (database_url if database_url.startswith("postgres") else "memory://")
    scheme = url.partition(":")[0].partition("+")[0]
    match scheme:
        case "memory":
            return None
        case "postgres" | "postgresql":
            return PostgresBackend("postgresql:" + url.partition(":")[2])
        case "redis" | "rediss" | "unix":
            try:
                from portico.gateway.broadcasts.redis import RedisBackend
            except ImportError:
                raise InvalidSettings(
                    "broadcast_url is of Redis, and its client is not installed.", hint="pip install 'portico[redis]'"
                ) from None
            return RedisBackend(url)
        case _:
            raise InvalidSettings(
                "broadcast_url names nothing that Portico knows.",
                hint="It begins with postgresql://, redis:// or memory://.",
            )
