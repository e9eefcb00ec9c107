"""Functions and GraphQL services that live elsewhere, routes, and saved operations as endpoints: what model files import for them."""

from portico.gateway.functions.declaring import endpoint, remote, route
from portico.gateway.functions.http_messages import Incoming, Outgoing
from portico.gateway.functions.remote_schemas import remote_schema

__all__ = ["Incoming", "Outgoing", "endpoint", "remote", "remote_schema", "route"]
