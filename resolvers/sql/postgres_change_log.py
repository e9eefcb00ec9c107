"""How is the change log filled and read on Postgres: tables, the one trigger function, triggers, and the readers' statements."""

from __future__ import annotations

from collections.abc import Iterable

from portico.resolvers.sql.change_log import ACTOR, CHANGES, FUNCTION, LOG, TRACE, Trigger, identifier, literal

ROW_TRIGGER, TRUNCATE_TRIGGER = CHANGES + "_row", CHANGES + "_truncate"

MAKE_CHANGES = f"""\
CREATE TABLE {{schema}}.{CHANGES} (
  sequence bigint GENERATED ALWAYS AS IDENTITY,
  transaction xid8 NOT NULL DEFAULT pg_catalog.pg_current_xact_id(),
  table_name text NOT NULL,
  verb text NOT NULL,
  old json,
  new json,
  actor text,
  trace text,
  at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  PRIMARY KEY (transaction, sequence)
)"""
"""Rows as json, not jsonb: it costs the same, keeps what a json column holds, and takes the \\u0000 that jsonb refuses."""

MAKE_LOG = f"""\
CREATE TABLE {{schema}}.{LOG} (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  epoch uuid NOT NULL DEFAULT pg_catalog.gen_random_uuid(),
  key bytea NOT NULL DEFAULT pg_catalog.sha256(pg_catalog.uuid_send(pg_catalog.gen_random_uuid())
    OPERATOR(pg_catalog.||) pg_catalog.uuid_send(pg_catalog.gen_random_uuid())),
  origin text NOT NULL,
  swept_transaction xid8 NOT NULL DEFAULT '0',
  swept_sequence bigint NOT NULL DEFAULT 0
)"""
"""
epoch: of this log, made anew where the database was copied or restored. key: signs positions. origin: the server and
database that the epoch is of. swept_*: the position up to which changes were forgotten.
"""

_ORIGIN = """\
(SELECT system_identifier || '/' || (SELECT oid FROM pg_database WHERE datname = current_database()) FROM pg_control_system())"""

BEGIN_LOG = f"INSERT INTO {{schema}}.{LOG} (origin) VALUES ({_ORIGIN})"
RENEW = (
    f"UPDATE {LOG} SET (epoch, origin, swept_transaction, swept_sequence) = (gen_random_uuid(), {_ORIGIN}, '0', 0)",
    f"DELETE FROM {CHANGES}",
)
"""What is done to a log that was made in another database, whose transactions are not those of this one."""

_BODY = f"""
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO {{schema}}.{CHANGES} (table_name, verb, new, actor, trace) VALUES (TG_ARGV[0], 'insert',
      pg_catalog.row_to_json(NEW), pg_catalog.current_setting('{ACTOR}', true), pg_catalog.current_setting('{TRACE}', true));
  ELSIF TG_OP = 'UPDATE' THEN
    IF OLD OPERATOR(pg_catalog.*=) NEW THEN
      RETURN NULL;
    END IF;
    INSERT INTO {{schema}}.{CHANGES} (table_name, verb, old, new, actor, trace) VALUES (TG_ARGV[0], 'update',
      pg_catalog.row_to_json(OLD), pg_catalog.row_to_json(NEW),
      pg_catalog.current_setting('{ACTOR}', true), pg_catalog.current_setting('{TRACE}', true));
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO {{schema}}.{CHANGES} (table_name, verb, old, actor, trace) VALUES (TG_ARGV[0], 'delete',
      pg_catalog.row_to_json(OLD), pg_catalog.current_setting('{ACTOR}', true), pg_catalog.current_setting('{TRACE}', true));
  ELSE
    INSERT INTO {{schema}}.{CHANGES} (table_name, verb, actor, trace) VALUES (TG_ARGV[0], 'truncate',
      pg_catalog.current_setting('{ACTOR}', true), pg_catalog.current_setting('{TRACE}', true));
  END IF;
  PERFORM pg_catalog.pg_notify('{CHANGES}', '');
  RETURN NULL;
END
"""

# Texts of values depend on settings of the writer's session, which may be anybody's.
OPTIONS = {
    "search_path": "pg_catalog, pg_temp",
    "TimeZone": "UTC",
    "IntervalStyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "1",
}


def function_body(schema: str) -> str:
    """
    The body of the function that every trigger calls with the `fullname` of its table.

    Args:
        schema: where the log is.
    """
    return _BODY.format(schema=identifier(schema))


def make_function(schema: str) -> str:
    """
    The statement that makes the function, or replaces it.

    It acts as its owner, so that whoever may write a table fills the log without a right to it. Names and operators are
    qualified, so nothing that the writer puts on a search path is called.
    """
    options = "".join(f" SET {name} = {value}" for name, value in _quoted_options())
    return (
        f"CREATE OR REPLACE FUNCTION {identifier(schema, FUNCTION)}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
        f"{options} AS {literal(function_body(schema))}"
    )


def _quoted_options() -> Iterable[tuple[str, str]]:
    return ((name, value if name == "search_path" else literal(value)) for name, value in OPTIONS.items())


def triggers(fullname: str, schema: str | None, name: str, log_schema: str) -> tuple[Trigger, ...]:
    """
    The triggers of one table.

    Args:
        fullname: by which the log calls it.
        schema, name: where it is; None for the first on the search path.
        log_schema: where the log is.
    """
    table, function = identifier(schema, name), identifier(log_schema, FUNCTION)
    return tuple(
        Trigger(
            trigger,
            fullname,
            fullname,
            f"CREATE TRIGGER {identifier(trigger)} AFTER {events} ON {table}"
            f" FOR EACH {each} EXECUTE FUNCTION {function}({literal(fullname)})",
        )
        for trigger, events, each in (
            (ROW_TRIGGER, "INSERT OR UPDATE OR DELETE", "ROW"),
            (TRUNCATE_TRIGGER, "TRUNCATE", "STATEMENT"),
        )
    )


# ---- reading -----------------------------------------------------------------------------------------

TABLES = f"""\
SELECT DISTINCT convert_from(substring(tgargs FROM 1 FOR position('\\x00'::bytea IN tgargs) - 1), 'UTF8')
FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE proname = '{FUNCTION}' AND tgname = '{ROW_TRIGGER}' AND tgenabled IN ('O', 'A') AND tgparentid = 0"""
"""The tables whose changes are logged, by `fullname`."""

STATE = f"""\
SELECT epoch::text, key, pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
  swept_transaction::text::bigint, swept_sequence,
  origin <> {_ORIGIN}
    OR EXISTS (SELECT 1 FROM {CHANGES} WHERE transaction >= pg_snapshot_xmax(pg_current_snapshot())) AS is_copied
FROM {LOG}"""
"""(epoch, key, horizon, swept transaction, swept sequence, whether the log was made in another database)."""

SINCE = f"""\
SELECT log.epoch::text, log.horizon::text::bigint, log.swept_transaction::text::bigint, log.swept_sequence,
  change.transaction::text::bigint, change.sequence, change.table_name, change.verb, change.old, change.new,
  change.actor, change.trace, extract(epoch FROM change.at)::float8
FROM (SELECT epoch, swept_transaction, swept_sequence, pg_snapshot_xmin(pg_current_snapshot()) AS horizon FROM {LOG}) AS log
LEFT JOIN LATERAL (
  SELECT * FROM {CHANGES}
  WHERE (transaction, sequence) > ($1::bigint::text::xid8, $2::bigint) AND transaction < log.horizon
  ORDER BY transaction, sequence LIMIT $3
) AS change ON true"""
"""
(transaction, sequence, most) → the changes after that position whose transactions, and all before them, have ended; one row
without a change where there are none. Those beyond the horizon have not been lost: whatever is still open comes before them.
"""
