"""Where does a function live that is called elsewhere: an HTTP service or AWS Lambda, and how patiently it is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


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
