"""What can be set about events, jobs, webhooks and messages: one frozen record, the table `[events]` of portico.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class QueueSettings:
    """Limits of one queue, of all processes together."""

    concurrency: int = 0  # jobs that run at once; 0: what the workers have room for
    per_s: float = 0.0  # jobs that begin in a second; 0 does not count


@dataclass(frozen=True, kw_only=True)
class EventSettings:
    """Events and jobs, as `[events]` says."""

    workers: int = 10  # functions that a process runs at once, beside requests; 0 leaves all to `portico worker`
    poll_s: float = 0.25  # how often is looked for jobs that nobody in this process has told of
    lease_s: float = 15.0  # a worker that gave no sign of life for so long is gone, and what it had is run again
    timeout_s: float = 60.0  # a function may take so long, unless it says otherwise
    tries: int = 20  # of a function, before it is a dead letter; with the pauses between them about 24 hours
    late_s: float = 21_600.0  # a schedule whose time was missed by no more than that is run late
    keep_hours: float = 168.0  # what is done or dead is kept so long
    keep_rows: int = 100_000  # and so many that are done
    payload_bytes: int = 1_048_576  # arguments of a job as JSON
    queues: Mapping[str, QueueSettings] = field(default_factory=dict[str, QueueSettings])
    inside_timeout_s: float = (
        2.0  # a function that looks into a write (`inside=True`) may take so long, unless it says otherwise
    )
    inside_rows: int = 10_000  # and is handed so many rows; a field that changes more is refused

    webhook_timeout_s: float = 15.0  # an endpoint has answered by then
    webhook_tries: int = 20
    webhook_failures: int = 5  # in a row, after which an endpoint is left alone for a while
    webhook_pause_s: float = (
        10.0  # for so long at first, twice that after each further failure, 30 s at most unless this is more
    )
    push_subject: str = ""  # mailto: or https: address of who sends Web Push (RFC 8292, `sub`)
    push_key: str = ""  # PEM of the P-256 key that Web Push is signed by
    fcm_credentials: str = ""  # the JSON of a service account of Firebase
    apns_key: str = ""  # PEM of the key (.p8) that pushes to Apple are signed by
    apns_key_id: str = ""  # its id, 10 characters
    apns_team_id: str = ""  # of who has it
    apns_topic: str = ""  # the bundle id of the app
    apns_url: str = "https://api.push.apple.com"  # api.sandbox.push.apple.com for builds of developers
