"""What can be set about a bucket of S3, or of what speaks as S3 does: one frozen record."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class S3Settings:
    """
    A bucket: AWS, MinIO, R2, Ceph and others.

    Keys that are empty are looked for where tools of AWS have them: variables, profiles, roles of machines.
    """

    bucket: str = ""
    prefix: str = ""  # before every key, so that a bucket can hold more than one project
    endpoint_url: str = ""  # of what is not AWS, as https://minio.example.com
    region: str = "us-east-1"  # R2 has "auto"
    path_style: bool = False  # the bucket is part of the path and not of the host, as MinIO and Ceph have it at first
    access_key_id: str = ""
    secret_access_key: str = ""
    session_token: str = ""
    part_bytes: int = 8_388_608  # of a file that is written in parts; each file on its way takes two of memory
    max_connections: int = 32  # of a process
    timeout_s: float = 30.0  # until something is connected, and without a byte
