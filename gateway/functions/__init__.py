"""Functions and GraphQL services that live elsewhere, routes, and saved operations as endpoints: what model files import for them."""

from portico.gateway.functions.declaring import endpoint, remote, remote_lambda, route
from portico.gateway.functions.http_calls import Http, HttpAnswer
from portico.gateway.functions.http_messages import Incoming, Outgoing
from portico.gateway.functions.remote_schemas import remote_schema

__all__ = [
    "Http",
    "HttpAnswer",
    "Incoming",
    "Outgoing",
    "endpoint",
    "remote",
    "remote_lambda",
    "remote_schema",
    "route",
]
