"""How are jobs kept in SQL: the statements of both engines, where they agree and where not."""

from __future__ import annotations

from dataclasses import dataclass

from portico.gateway.events.tables import ATTEMPTS, JOBS, POSITIONS, QUEUES, SCHEDULES

_JOB = "job.number, job.id, job.queue, job.name, job.key, job.payload, job.tries, job.actor, job.trace, job.created_at, job.due_at, job.rank, job.begun_at"
_PICKED = f"""\
SELECT job.number FROM {JOBS} AS job
WHERE job.queue = $1 AND job.state = 'waiting' AND (job.key IS NULL OR NOT EXISTS (
  SELECT 1 FROM {JOBS} AS earlier
  WHERE earlier.queue = job.queue AND earlier.key = job.key AND earlier.number < job.number AND earlier.ended_at IS NULL))
  AND NOT EXISTS (SELECT 1 FROM {QUEUES} AS held WHERE held.name = $1 AND held.is_paused)
ORDER BY job.rank, job.number LIMIT $2"""
_BEGUN = "CASE WHEN job.tries > 0 THEN COALESCE(job.begun_at, {now}) ELSE {now} END"
_END = "CASE WHEN {state} IN ('done', 'dead') THEN {now} END"


@dataclass(frozen=True, slots=True)
class Statements:
    """
    Written with `$1`, and with the clock of the database where there are several machines.

    add: NewJob's fields and whether it is due → nothing. claim: (queue, most, owner, seconds) → jobs. settle: results. ready: (queues as
    JSON) → those in which a job waits. rescue: → (id, queue) of jobs whose worker is gone.
    """

    now: str
    lock: str
    add: str
    claim: str
    settle: str
    behind: str
    promote: str
    ready: str
    rescue: str
    sweep: str

    @property
    def renew(self) -> str:
        """(owner, seconds)."""
        return f"UPDATE {JOBS} SET leased_until = {self.now} + $2 WHERE owner = $1 AND state = 'running'"

    @property
    def look(self) -> str:
        """→ the next moment at which something is due."""
        return f"""\
SELECT min(at) FROM (
  SELECT min(due_at) AS at FROM {JOBS} WHERE state = 'later'
  UNION ALL SELECT min(open_until) FROM {QUEUES} WHERE open_until > {self.now}) AS moments"""

    @property
    def queue(self) -> str:
        """(queue) → its state, which nobody else changes until the transaction ends."""
        return (
            f"SELECT is_paused, failures, open_until, allowance, counted_at, {self.now} FROM {QUEUES}"
            f" WHERE name = $1{self.lock}"
        )

    @property
    def due(self) -> str:
        """(name, moment) → a row where nobody has put it among the jobs."""
        return f"UPDATE {SCHEDULES} SET last_due = $2 WHERE name = $1 AND last_due < $2 RETURNING last_due"


RUNNING = f"SELECT count(*) FROM {JOBS} WHERE queue = $1 AND state = 'running'"
FAILED = f"UPDATE {QUEUES} SET failures = $2, open_until = $3 WHERE name = $1"
COUNTED = f"UPDATE {QUEUES} SET allowance = $2, counted_at = $3 WHERE name = $1"
WENT_WELL = f"UPDATE {QUEUES} SET failures = 0, open_until = 0 WHERE name = $1 AND failures > 0"
MAKE_QUEUE = f"INSERT INTO {QUEUES} (name) VALUES ($1) ON CONFLICT DO NOTHING"
PAUSE = f"UPDATE {QUEUES} SET is_paused = $2 WHERE name = $1"
POSITION = f"SELECT sequence FROM {POSITIONS} WHERE name = 'events'"
BEGIN_AT = f"INSERT INTO {POSITIONS} (name, sequence) VALUES ('events', $1) ON CONFLICT DO NOTHING"
MOVE = f"UPDATE {POSITIONS} SET sequence = $2 WHERE name = 'events' AND sequence = $1 RETURNING sequence"
BEGIN_SCHEDULE = f"INSERT INTO {SCHEDULES} (name, last_due) VALUES ($1, $2) ON CONFLICT DO NOTHING"
SCHEDULE = f"SELECT last_due FROM {SCHEDULES} WHERE name = $1"
KEEP_ATTEMPT = (
    f"INSERT INTO {ATTEMPTS} (job, began_at, seconds, outcome, status, answer) VALUES ($1, $2, $3, $4, $5, $6)"
)
ATTEMPTS_OF = f"SELECT began_at, seconds, outcome, status, answer FROM {ATTEMPTS} WHERE job = $1 ORDER BY number"
FORGET_ATTEMPTS = f"DELETE FROM {ATTEMPTS} WHERE NOT EXISTS (SELECT 1 FROM {JOBS} WHERE {JOBS}.id = {ATTEMPTS}.job)"
LISTED = "id, queue, name, key, state, tries, due_at, created_at, ended_at, answer, payload"
COUNTS = f"SELECT queue, state, count(*) FROM {JOBS} GROUP BY queue, state"
QUEUE_STATES = f"SELECT name, is_paused, failures, open_until FROM {QUEUES} ORDER BY name"

_OLD = f"""\
SELECT number FROM {JOBS} WHERE (state IN ('done', 'dead', 'cancelled') AND ended_at < {{now}} - $1)
  OR (state = 'done' AND ended_at <= (SELECT ended_at FROM {JOBS} WHERE state = 'done' ORDER BY ended_at DESC LIMIT 1 OFFSET $2))
LIMIT 1000"""

_POSTGRES_NOW = "extract(epoch FROM clock_timestamp())::float8"
POSTGRES = Statements(
    now=_POSTGRES_NOW,
    lock=" FOR UPDATE",
    add=f"""\
INSERT INTO {JOBS} (id, queue, name, payload, key, rank, due_at, actor, trace, created_at, state)
SELECT id, queue, name, payload, key, rank, CASE WHEN due_at = 0 THEN now ELSE due_at END, actor, trace, now,
  CASE WHEN due_at > now THEN 'later' ELSE 'waiting' END
FROM unnest($1::varchar[], $2::varchar[], $3::varchar[], $4::varchar[], $5::varchar[], $6::int[], $7::float8[], $8::varchar[], $9::varchar[])
  WITH ORDINALITY AS new (id, queue, name, payload, key, rank, due_at, actor, trace, place), (SELECT {_POSTGRES_NOW} AS now) AS clock
ORDER BY place ON CONFLICT (id) DO NOTHING""",
    claim=f"""\
WITH picked AS ({_PICKED} FOR UPDATE OF job SKIP LOCKED)
UPDATE {JOBS} AS job SET state = 'running', owner = $3, leased_until = {_POSTGRES_NOW} + $4, tries = job.tries + 1,
  begun_at = {_BEGUN.format(now=_POSTGRES_NOW)}
FROM picked WHERE job.number = picked.number RETURNING {_JOB}""",
    # `owner` alone says whether it is still theirs: whoever takes a job away empties or changes it. With `state = 'running'` besides, the
    # generic plan reads the index of running jobs, and 500 results take 56 ms instead of 8 (benchmarks/jobs).
    settle=f"""\
WITH settled AS (
  UPDATE {JOBS} AS job SET state = result.state, owner = NULL, leased_until = NULL, answer = result.answer,
    due_at = CASE WHEN result.state = 'later' THEN result.due_at ELSE job.due_at END,
    tries = CASE WHEN result.state = 'waiting' THEN job.tries - 1 ELSE job.tries END,
    ended_at = {_END.format(state="result.state", now=_POSTGRES_NOW)}
  FROM unnest($2::bigint[], $3::varchar[], $4::float8[], $5::varchar[]) AS result (number, state, due_at, answer)
  WHERE job.number = result.number AND job.owner = $1)
INSERT INTO {ATTEMPTS} (job, began_at, seconds, outcome, status, answer)
SELECT * FROM unnest($6::varchar[], $7::float8[], $8::float8[], $9::varchar[], $10::int[], $11::varchar[])""",
    behind=f"UPDATE {JOBS} SET state = 'later', due_at = $3 WHERE queue = $1 AND key = $2 AND state = 'waiting'",
    promote=f"""\
UPDATE {JOBS} SET state = 'waiting' WHERE number IN (
  SELECT number FROM {JOBS} WHERE state = 'later' AND due_at <= {_POSTGRES_NOW} ORDER BY due_at LIMIT 1000 FOR UPDATE SKIP LOCKED)
RETURNING queue""",
    ready=f"""\
SELECT name FROM json_array_elements_text($1::json) AS queue (name) WHERE EXISTS (SELECT 1 FROM {JOBS} AS job WHERE job.queue = queue.name AND job.state = 'waiting')
  AND NOT EXISTS (SELECT 1 FROM {QUEUES} AS state WHERE state.name = queue.name AND (is_paused OR open_until > {_POSTGRES_NOW}))""",
    rescue=f"""\
UPDATE {JOBS} SET state = 'waiting', owner = NULL, leased_until = NULL WHERE number IN (
  SELECT number FROM {JOBS} WHERE state = 'running' AND leased_until < {_POSTGRES_NOW} FOR UPDATE SKIP LOCKED)
RETURNING id, queue""",
    sweep=f"DELETE FROM {JOBS} WHERE number IN ({_OLD.format(now=_POSTGRES_NOW)} FOR UPDATE SKIP LOCKED) RETURNING id",
)

_SQLITE_NOW = "((julianday('now') - 2440587.5) * 86400.0)"
SQLITE = Statements(
    now=_SQLITE_NOW,
    lock="",
    add=f"""\
INSERT INTO {JOBS} (id, queue, name, payload, key, rank, due_at, actor, trace, created_at, state)
VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $7 = 0 THEN {_SQLITE_NOW} ELSE $7 END, $8, $9, {_SQLITE_NOW},
  CASE WHEN $7 > {_SQLITE_NOW} THEN 'later' ELSE 'waiting' END) ON CONFLICT (id) DO NOTHING""",
    claim=f"""\
UPDATE {JOBS} AS job SET state = 'running', owner = $3, leased_until = {_SQLITE_NOW} + $4, tries = tries + 1,
  begun_at = {_BEGUN.format(now=_SQLITE_NOW)}
WHERE number IN ({_PICKED}) RETURNING {_JOB.replace("job.", "")}""",
    settle=f"""\
UPDATE {JOBS} SET state = $3, owner = NULL, leased_until = NULL, answer = $5,
  due_at = CASE WHEN $3 = 'later' THEN $4 ELSE due_at END, tries = CASE WHEN $3 = 'waiting' THEN tries - 1 ELSE tries END,
  ended_at = {_END.format(state="$3", now=_SQLITE_NOW)}
WHERE number = $2 AND owner = $1""",
    behind=f"UPDATE {JOBS} SET state = 'later', due_at = $3 WHERE queue = $1 AND key = $2 AND state = 'waiting'",
    promote=f"UPDATE {JOBS} SET state = 'waiting' WHERE state = 'later' AND due_at <= {_SQLITE_NOW} RETURNING queue",
    ready=f"""\
SELECT name FROM (SELECT value AS name FROM json_each($1)) AS queue WHERE EXISTS (SELECT 1 FROM {JOBS} AS job WHERE job.queue = queue.name AND job.state = 'waiting')
  AND NOT EXISTS (SELECT 1 FROM {QUEUES} AS state WHERE state.name = queue.name AND (is_paused OR open_until > {_SQLITE_NOW}))""",
    rescue=f"""\
UPDATE {JOBS} SET state = 'waiting', owner = NULL, leased_until = NULL
WHERE state = 'running' AND leased_until < {_SQLITE_NOW} RETURNING id, queue""",
    sweep=f"DELETE FROM {JOBS} WHERE number IN ({_OLD.format(now=_SQLITE_NOW)}) RETURNING id",
)
