"""What is said in model files of services elsewhere: functions of theirs, their schemas, and rows that are joined to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from portico.schema.problems import Source


@dataclass(frozen=True)
class HttpService:
    """
    A service that is called over HTTP; what is a function is asked at each call.

    headers: sent with each call; forwarded: those of the client that are passed on, in lower case.
    """

    url: str | Callable[[], str]
    secrets: Any = field(default=(), repr=False)
    headers: Mapping[str, str] | Callable[[], Mapping[str, str]] = field(default_factory=dict[str, str], repr=False)
    forwarded: tuple[str, ...] = ()

    def address(self) -> str:
        """Where it is now."""
        return self.url if isinstance(self.url, str) else self.url()

    def own_headers(self) -> dict[str, str]:
        """What is sent with a call now, by lower-case name."""
        headers = self.headers() if callable(self.headers) else self.headers
        return {name.lower(): value for name, value in headers.items()}

    def keys(self) -> list[str]:
        """What a call is signed by now."""
        secrets: Any = self.secrets() if callable(self.secrets) else self.secrets
        return [secrets] if isinstance(secrets, str) else list(secrets)


@dataclass(frozen=True)
class LambdaService:
    """
    A function of AWS Lambda.

    function: its name, or its ARN. qualifier: a version or alias. region, endpoint_url: those of the environment where None.
    """

    function: str
    qualifier: str | None = None
    region: str | None = None
    endpoint_url: str | None = None


@dataclass(frozen=True)
class RemoteDeclaration:
    """
    A function that lives elsewhere.

    timeout_s: of all tries together, or of each where it is asynchronous. retries: how often it is tried again where nothing answers or
    429, 502, 503 or 504 does; None leaves it to what it is. is_asynchronous: it is called as a job, and its result is kept.
    """

    service: HttpService | LambdaService
    timeout_s: float = 10.0
    retries: int | None = None
    is_asynchronous: bool = False


@dataclass(frozen=True)
class RemoteSchemaDeclaration:
    """
    Another GraphQL service, whose fields are served under a name.

    prefix: before the names of its types. sdl: its schema; None until it is known. file: where the schema is kept.
    to: role → what it has, as the author wrote it: patterns of fields with the arguments that are set for it, or a schema.
    """

    name: str
    prefix: str
    service: HttpService
    timeout_s: float
    sdl: str | None
    file: str | None
    to: Mapping[str, Mapping[str, Mapping[str, Any]] | str]
    source: Source


@dataclass(frozen=True)
class JoinDeclaration:
    """
    A field of a model that a field of another GraphQL service's query root answers.

    columns: argument → attribute of the model. constants: argument → JSON.
    """

    remote: str
    subject: Any
    asks: str
    columns: Mapping[str, str]
    constants: Mapping[str, Any]
    name: str | None
    source: Source
