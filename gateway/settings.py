"""What can be set: one frozen record; the environment over portico.toml over these defaults."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from portico.gateway.auth_settings import AuthSettings
from portico.gateway.event_settings import EventSettings
from portico.gateway.outgoing import Reach
from portico.gateway.problems import InvalidSettings
from portico.gateway.storage_settings import StorageSettings
from portico.resolvers.limits import ChannelLimits, FunctionLimits, Limits
from portico.schema.names import Names

Mode = Literal["dev", "prod"]
_SECRETS = (
    "admin_keys",
    "read_only_admin_keys",
    "token_secret",
    "signing_keys",
    "key",
    "database_url",
    "broadcast_url",
    "smtp_url",
    "client_secret",
    "private_key",
    "captcha_secret",
    "secret_access_key",
    "session_token",
    "push_key",
    "fcm_credentials",
    "apns_key",
)


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """
    Who signs tokens that are taken.

    One of `key` (a secret for HS*, a PEM public key for RS*, ES*, EdDSA) and `jwks_url` must be given.
    """

    algorithms: tuple[str, ...] = ("RS256", "ES256", "EdDSA")  # tokens signed otherwise are refused
    key: str = ""  # secret or PEM
    jwks_url: str = ""  # fetched when needed, again at most every 10 s
    issuer: str = ""  # must equal `iss`; empty does not ask
    audience: str = ""  # must be in `aud`; empty does not ask
    leeway_s: int = 0  # tolerance of `exp` and `nbf`
    id_claim: str = "sub"  # where the user's key is
    role_claim: str = "role"  # where the default role is
    roles_claim: str = "roles"  # where the other roles are
    claims_namespace: str = "https://hasura.io/jwt/claims"  # an object of x-hasura-* claims, read when there


@dataclass(frozen=True, kw_only=True)
class HostingSettings:
    """A folder that is served at /, besides the API."""

    folder: str = ""  # relative to portico.toml; empty serves none
    bucket: bool = False  # the folder is one of the bucket of storage.s3
    max_file_bytes: int = (
        16_777_216  # larger files are refused, as each is held whole while it is sent; not of a bucket
    )
    immutable_folders: tuple[
        str, ...
    ] = ()  # in it, whose files never change; those with a fingerprint in their name are known
    compressed_bytes: int = (
        33_554_432  # of memory for files that were packed here; 0 sends only what a build has packed
    )
    # Everything from this server alone, no script or style inside of pages. Empty sends no policy.
    content_security_policy: str = (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Read once at start, from PORTICO_* variables over portico.toml over these defaults."""

    models: str = "models.py"  # the model file or package, relative to portico.toml
    database_url: str = "sqlite:///portico.db"  # or postgresql://user:password@host/name
    naming: Literal["plain", "graphql-default", "hasura-default"] = "plain"
    root_field_prefix: str = ""  # around the name of every root field of a table
    root_field_suffix: str = ""
    root_field_namespace: str = ""  # one root field that holds those of all tables
    type_name_prefix: str = ""  # around every type that belongs to a table
    type_name_suffix: str = ""
    stringify_numbers: bool = False  # bigint, numeric and double precision come as JSON text
    relay: bool = False  # rows have identifiers, found by node(nodeId)
    mode: Mode = "dev"  # prod turns GraphiQL off, and introspection for anonymous

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1  # processes; more than one needs Postgres
    graceful_timeout_s: float = 10.0  # running requests have this long after SIGTERM
    drain_delay_s: float = 0.0  # between "not ready" and closing, for balancers that look now and then
    public_url: str = ""  # where clients reach the server, for links it writes
    trusted_proxies: tuple[str, ...] = ()  # addresses or networks of proxies whose X-Forwarded-For says who calls

    # Hosts at private addresses, or with other ports, that functions, webhooks and services of authors may be called at: "backend:3000".
    private_hosts: tuple[str, ...] = ()

    broadcast_url: str = ""  # what carries channels between processes; empty: the Postgres that is served, else memory
    channels: ChannelLimits = field(default_factory=ChannelLimits)  # what is said over channels, see docs/limits.md
    functions: FunctionLimits = field(default_factory=FunctionLimits)  # of authors' functions, see docs/limits.md

    pool_size: int = 10  # Postgres connections per process
    query_timeout_s: float = 5.0  # per statement, cancelled in the database; 0 turns it off
    pool_timeout_s: float = 5.0  # a request waits this long for a connection, then 503
    durability: Literal["normal", "full"] = "normal"  # SQLite: full survives power loss, at 1/50 of the writes

    max_body_bytes: int = 1_048_576  # larger requests get 413 before parsing
    body_timeout_s: float = 10.0  # a body must have arrived by then
    max_batch: int = 0  # requests in one batch; 0 turns batching off
    idempotency_hours: float = 24.0  # answers to requests with an Idempotency-Key are kept so long; 0 refuses keys
    realtime: bool = True  # changes are logged, by triggers that migrations make, for subscriptions
    realtime_tables: tuple[str, ...] | None = None  # whose, by name; None: all that a rule lets some role read
    change_log_hours: float = 24.0  # changes are kept so long; who comes back later begins anew
    change_log_rows: int = 1_000_000  # and so many of them
    live_interval_s: float = 0.02  # between two runs of one live query, however many changes there are
    live_poll_s: float = 1.0  # how often the log is looked at where nothing tells of changes
    limits: Limits = field(default_factory=Limits)  # of documents, see docs/limits.md
    role_limits: Mapping[str, Limits] = field(default_factory=dict[str, Limits])  # by role, over `limits`

    allowed_origins: tuple[str, ...] = ()  # of pages elsewhere that may call; "*" is all, without cookies
    legacy_websocket: bool = False  # subprotocol graphql-ws of older clients, too
    max_sockets: int = 16_000  # websockets and event streams of a process
    max_sockets_per_caller: int = 100
    max_sockets_per_address: int = 1_000  # of the peer, which may be a proxy; this machine's own is not counted
    max_operations_per_socket: int = 100  # queries that have not been answered among them
    socket_messages_per_s: int = 100  # over five seconds
    max_unsent_bytes: int = 1_048_576  # that a socket's client has not taken, two answers aside
    socket_init_timeout_s: float = 10.0  # credentials must have come by then
    socket_ping_s: float = 30.0  # a client that does not answer is gone
    slow_socket_s: float = 30.0  # a client that takes nothing for so long is gone

    admin_keys: tuple[str, ...] = ()  # X-Portico-Admin-Key; several for rotation
    read_only_admin_keys: tuple[str, ...] = ()  # as these, but who has one of them changes nothing
    token_secret: str = ""  # signs development tokens (HS256), and what accounts keep secret; in dev made by itself
    issuers: tuple[Issuer, ...] = ()  # who else signs tokens
    unauthorized_role: str = "anonymous"  # the role without credentials; empty refuses them

    auth: AuthSettings = field(default_factory=AuthSettings)  # accounts of models that import User, see docs/auth.md
    storage: StorageSettings = field(
        default_factory=StorageSettings
    )  # files of models that import File, see docs/files.md
    events: EventSettings = field(default_factory=EventSettings)  # what runs in the background, see docs/events.md
    hosting: HostingSettings = field(default_factory=HostingSettings)  # of an app's files, see docs/settings.md
    graphiql: bool | None = None  # None: on in dev; at /graphiql, and at / where no folder is hosted
    introspection: tuple[str, ...] | None = None  # the roles that may; None: all in dev, signed-in ones in prod
    log_requests: bool = False  # one line for every request, not only failed and slow ones
    log_format: Literal["console", "json"] | None = None  # None: console in dev, json in prod
    slow_request_s: float = 1.0  # slower ones are logged with their document's name

    @property
    def is_dev(self) -> bool:
        """Whether this is a developer's machine."""
        return self.mode == "dev"

    @property
    def reach(self) -> Reach:
        """Where services that authors name may be."""
        return Reach(self.is_dev, frozenset(each.lower() for each in self.private_hosts))

    @property
    def names(self) -> Names:
        """The name builder."""
        return Names(
            self.naming,
            root_prefix=self.root_field_prefix,
            root_suffix=self.root_field_suffix,
            namespace=self.root_field_namespace,
            type_prefix=self.type_name_prefix,
            type_suffix=self.type_name_suffix,
        )

    def limits_of(self, role: str) -> Limits:
        """The limits of one role."""
        return self.role_limits.get(role, self.limits)

    def may_introspect(self, role: str) -> bool:
        """Whether a role may read the schema."""
        if self.introspection is not None:
            return role in self.introspection
        return self.is_dev or role != self.unauthorized_role

    def shown(self) -> str:
        """The settings as TOML, secrets blotted out."""
        lines: list[str] = []
        tables: list[str] = []
        for each in fields(self):
            value = getattr(self, each.name)
            if is_dataclass(value):
                tables += _table(each.name, value)
            elif isinstance(value, tuple) and value and is_dataclass(value[0]):  # pyright: ignore[reportUnknownArgumentType]
                for one in value:  # pyright: ignore[reportUnknownVariableType]
                    tables += _table(each.name, one, is_listed=True)
            elif isinstance(value, Mapping):
                for name, one in value.items():  # pyright: ignore[reportUnknownVariableType]
                    tables += _table(f"{each.name}.{name}", one)
            elif value is not None and value != ():
                lines.append(_line(each.name, value))
        return "\n".join([*lines, *tables]) + "\n"


def read_settings(
    folder: Path, environment: Mapping[str, str] = os.environ, *, mode: Mode = "dev", **given: Any
) -> Settings:
    """
    The settings of a project.

    Args:
        folder: where portico.toml may be.
        mode: the mode where neither file nor environment say.
        given: values from the command line, which come first; None leaves them out.

    Raises:
        InvalidSettings: a name that does not exist, or a value of the wrong type.
    """
    file = folder / "portico.toml"
    values: dict[str, Any] = {"mode": mode}
    if file.exists():
        try:
            values |= tomllib.loads(file.read_text())
        except tomllib.TOMLDecodeError as error:
            raise InvalidSettings(f"portico.toml cannot be read: {error}") from error
    hints = get_type_hints(Settings)
    for name in values:
        _known(name, hints, "portico.toml")
    for variable, text in environment.items():
        if variable.startswith("PORTICO_") and not variable.startswith("PORTICO_TEST_"):
            name = variable.removeprefix("PORTICO_").lower()
            _known(name, hints, "the environment")
            values[name] = _from_text(text, hints[name], variable)
    values |= {name: value for name, value in given.items() if value is not None}
    settings: Settings = _build(Settings, values, "")
    if not re.match(r"(sqlite|postgres|postgresql)(\+\w+)?:", settings.database_url):
        raise InvalidSettings(
            "database_url names no engine that Portico knows.",
            hint="It begins with sqlite:/// or postgresql://.",
        )
    wrong = [each for each in settings.private_hosts if not re.fullmatch(r"[\w.-]+(:\d+)?", each)]
    if wrong:
        raise InvalidSettings(
            f"private_hosts has {wrong[0]!r}.", hint='A host, and its port where it has one: "backend:3000".'
        )
    return settings


def _known(name: str, hints: Mapping[str, Any], where: str) -> None:
    if name not in hints:
        raise InvalidSettings(
            f"There is no setting {name!r} (in {where}).",
            hint="docs/settings.md explains them all.",
        )


def _build(class_: Any, values: Mapping[str, Any], prefix: str) -> Any:
    if not isinstance(values, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidSettings(f"{prefix.rstrip('.')} = {values!r}, but it must be a table.")
    hints = get_type_hints(class_)
    made: dict[str, Any] = {}
    for name, value in values.items():
        if name not in hints:
            raise InvalidSettings(f"There is no setting {prefix}{name!r}.", hint="docs/settings.md explains them all.")
        made[name] = _value(value, hints[name], f"{prefix}{name}")
    missing = [
        each.name
        for each in fields(class_)
        if each.default is MISSING and each.default_factory is MISSING and each.name not in made
    ]
    if missing:
        raise InvalidSettings(f"The setting {prefix}{missing[0]} is not given.")
    return class_(**made)


def _value(value: Any, hint: Any, name: str) -> Any:
    if is_dataclass(hint):
        return value if is_dataclass(value) else _build(hint, value, f"{name}.")
    if get_origin(hint) is Mapping:
        if not isinstance(value, Mapping):
            raise InvalidSettings(f"{name} = {value!r}, but it must be a table.")
        each_hint = get_args(hint)[1]
        items: Mapping[str, Any] = value
        return {key: _value(each, each_hint, f"{name}.{key}") for key, each in items.items()}
    if get_origin(hint) is tuple and is_dataclass(get_args(hint)[0]):
        if not isinstance(value, list | tuple):
            raise InvalidSettings(f"{name} = {value!r}, but it must be a list of tables.")
        return tuple(_value(each, get_args(hint)[0], name) for each in value)  # pyright: ignore[reportUnknownVariableType]
    if get_origin(hint) is Literal:
        if value not in get_args(hint):
            raise InvalidSettings(f"{name} = {value!r}, but it is one of {', '.join(map(repr, get_args(hint)))}.")
        return value
    options = [option for option in get_args(hint) or (hint,) if option is not type(None)]
    if get_origin(hint) is tuple or any(get_origin(option) is tuple for option in options):
        listed: tuple[Any, ...] = tuple(value) if isinstance(value, list | tuple) else (value,)
        for item in listed:
            if not isinstance(item, str):
                raise InvalidSettings(f"{name} has {item!r}, but its items must be texts.")
        return listed
    if any(get_origin(option) is Literal for option in options):
        return _value(value, options[0], name)
    if float in options and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not any(type(value) is option for option in options):
        raise InvalidSettings(f"{name} = {value!r}, but it must be {options[0].__name__}.")
    return value


def _from_text(text: str, hint: Any, variable: str) -> Any:
    """A variable's text: JSON where it is JSON of the right kind, a comma-separated list for lists."""
    options = get_args(hint) if get_origin(hint) is not Literal else ()
    if hint is str or get_origin(hint) is Literal:
        return text
    if get_origin(hint) is tuple or any(get_origin(option) is tuple for option in options):
        if text.lstrip().startswith("["):
            return _json(text, variable)
        return [part.strip() for part in text.split(",") if part.strip()]
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        return json.loads(text)
    except ValueError:
        return text


def _json(text: str, variable: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise InvalidSettings(f"{variable} is not JSON: {error}") from error


def _table(name: str, value: Any, *, is_listed: bool = False) -> list[str]:
    """A record as a table of TOML, and those inside of it as tables of their own."""
    found = [(one.name, getattr(value, one.name)) for one in fields(value)]
    plain = [(key, each) for key, each in found if not isinstance(each, Mapping) and not is_dataclass(each)]
    lines = [_line(key, each) for key, each in plain if each is not None]
    inside = [(f"{name}.{key}", each) for key, each in found if is_dataclass(each)]
    inside += [
        (f"{name}.{key}.{inner}", one)
        for key, each in found
        if isinstance(each, Mapping)
        for inner, one in each.items()
    ]
    return [
        "",
        f"[[{name}]]" if is_listed else f"[{name}]",
        *lines,
        *(line for at, one in inside for line in _table(at, one)),
    ]


def _line(name: str, value: Any) -> str:
    if name in _SECRETS and value:
        value = ["…" for _ in value] if isinstance(value, tuple) else _blotted(name, value)
    return f"{name} = {_toml(value)}"


def _blotted(name: str, value: str) -> str:
    if not name.endswith("_url"):
        return "…"
    value = re.sub(r"((?:password|passfile|sslpassword|sslkey)=)[^&]*", r"\1…", value)
    if "@" not in value:
        return value
    before, _, after = value.rpartition("@")
    scheme, _, credentials = before.partition("://")
    return f"{scheme}://{credentials.partition(':')[0]}:…@{after}"


def _toml(value: Any) -> str:
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)


__all__ = ["HostingSettings", "Issuer", "Settings", "read_settings", "replace"]
