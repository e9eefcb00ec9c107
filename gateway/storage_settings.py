"""What can be set about files: one frozen record, the table `[storage]` of portico.toml."""

from __future__ import annotations

from dataclasses import dataclass, field

from portico.gateway.s3_settings import S3Settings


@dataclass(frozen=True, kw_only=True)
class StorageSettings:
    """Where files lie and how they travel, as `[storage]` says."""

    folder: str = "files"  # relative to portico.toml
    s3: S3Settings = field(default_factory=S3Settings)  # files lie in its bucket, if it names one

    url_s: int = 900  # addresses of private files are good so long
    upload_s: int = 3600  # and addresses to upload to
    signing_keys: tuple[str, ...] = ()  # sign addresses; the first signs, all verify. Empty: made of token_secret
    public_max_age_s: int = 3600  # caches keep public files so long

    quota_bytes: int = 1_073_741_824  # of one owner's files; 0 has no end
    bucket_quota_bytes: int = 0  # of the files of one column
    most_pending: int = 20  # uploads of one owner that are not finished
    multipart_bytes: int = 33_554_432  # of all files in one multipart request
    multipart_files: int = 10
    stall_s: float = 30.0  # an upload that brings nothing for so long has failed

    unattached_hours: float = 24.0  # an upload that is in no row by then is swept
    sweep_s: float = 60.0  # between two looks for what is to be swept; 0 leaves it to `portico files sweep`

    tus_bytes: int = 5_368_709_120  # of a file that comes piece by piece, whatever its column takes
    tus_hours: float = 24.0  # such an upload must be finished by then, and gone on with within upload_s

    image_bytes: int = 26_214_400  # of an image that is made smaller
    image_pixels: int = 50_000_000
    image_threads: int = 2  # images made at once
