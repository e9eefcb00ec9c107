"""How is S3 called: one client of aioboto3 for a process, made when it is first wanted, and what its errors mean."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from portico.gateway.aws_clients import AwsClient
from portico.gateway.problems import InvalidSettings
from portico.gateway.s3_settings import S3Settings
from portico.gateway.storage.problems import FileMissing, StoreUnavailable

_MISSING = ("404", "NoSuchKey", "NotFound", "NoSuchUpload")
_TRIES = 4


class S3Client(AwsClient):
    """
    The client of one bucket. Only what every service that speaks S3 has is asked of it.

    Raises:
        InvalidSettings: no bucket.
    """

    def __init__(self, settings: S3Settings) -> None:
        if not settings.bucket:
            raise InvalidSettings(
                "The setting bucket of S3 is not given.", hint="docs/files.md shows a bucket's settings."
            )
        self.bucket = settings.bucket
        keys = {
            "aws_access_key_id": settings.access_key_id or None,
            "aws_secret_access_key": settings.secret_access_key or None,
            "aws_session_token": settings.session_token or None,
            "region_name": settings.region,
        }
        options = {"endpoint_url": settings.endpoint_url or None}
        super().__init__("s3", extra="s3", keys=keys, options=options, config=_config(settings))


def _config(settings: S3Settings) -> Mapping[str, Any]:
    return {
        "signature_version": "s3v4",
        "s3": {"addressing_style": "path" if settings.path_style else "auto"},
        # Checksums of AWS's newer kinds are refused by services that do not know them; Content-MD5 is known to all.
        "request_checksum_calculation": "when_required",
        "response_checksum_validation": "when_required",
        "connect_timeout": settings.timeout_s,
        "read_timeout": settings.timeout_s,
        "retries": {"total_max_attempts": _TRIES, "mode": "standard"},
        "max_pool_connections": settings.max_connections,
    }


@contextmanager
def told() -> Generator[None]:
    """
    What an error of S3 means.

    Raises:
        FileMissing: there is no such object.
        StoreUnavailable: all else; whose fault it is, the log says.
    """
    exceptions = import_module("botocore.exceptions")
    try:
        yield
    except exceptions.ClientError as error:
        if code_of(error) in _MISSING:
            raise FileMissing("The file is not there.") from error
        raise StoreUnavailable("The place where files are kept refuses.", hint="Try again.") from error
    except (exceptions.BotoCoreError, OSError, TimeoutError) as error:
        raise StoreUnavailable("The place where files are kept cannot be reached.", hint="Try again.") from error


def code_of(error: Any) -> str:
    """What S3 calls an error, or its status where it had no body to say so."""
    return str(error.response.get("Error", {}).get("Code", ""))
