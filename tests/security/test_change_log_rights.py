"""What may a user of the database do with the change log who may only write tables: fill it by writing, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy.orm import Mapped

from portico.gateway.migrating import migrate, missing
from portico.gateway.settings import Settings
from portico.schema import IntId, Model, allow, everyone
from portico.schema.declarations import declaring
from tests.support.postgres import fresh_database

USER = "portico_test_writer"


class Database:
    """A database whose notes are logged, as its owner and as a user that may read and write notes."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.settings = Settings(database_url=url)
        with declaring() as self.declarations:

            class Note(Model):
                id: Mapped[IntId]
                text: Mapped[str]

            allow(Note, "read", when=everyone)
        self.migrate()
        self.as_owner(f"GRANT SELECT, INSERT ON notes TO {USER}")

    def migrate(self) -> Sequence[str]:
        return asyncio.run(migrate(self.declarations, self.settings, Path())).applied

    def missing(self) -> Sequence[str]:
        return asyncio.run(missing(self.declarations, self.settings, Path()))

    def as_owner(self, *statements: str) -> list[Any]:
        return asyncio.run(self._run(self.url, statements))

    def as_user(self, *statements: str) -> list[Any]:
        return asyncio.run(self._run(self.url, (f"SET SESSION AUTHORIZATION {USER}", *statements)))

    async def _run(self, url: str, statements: Sequence[str]) -> list[Any]:
        connection: Any = await asyncpg.connect(url)
        try:
            for statement in statements[:-1]:
                await connection.execute(statement)
            return [tuple(row) for row in await connection.fetch(statements[-1])]
        finally:
            await connection.close()

    def logged(self) -> list[Any]:
        return self.as_owner("SELECT verb, new::text FROM portico_changes WHERE verb <> 'truncate' ORDER BY sequence")


@pytest.fixture(scope="module")
def database(postgres: str) -> Generator[Database]:
    with fresh_database(postgres) as url:

        async def run(statement: str) -> None:
            connection: Any = await asyncpg.connect(url)
            await connection.execute(statement)
            await connection.close()

        asyncio.run(run(f"DROP ROLE IF EXISTS {USER}; CREATE ROLE {USER}"))
        try:
            yield Database(url)
        finally:
            asyncio.run(run(f"DROP OWNED BY {USER}; DROP ROLE {USER}"))


def test_who_may_write_a_table_fills_the_log(database: Database) -> None:
    before = len(database.logged())
    database.as_user("INSERT INTO notes (id, text) VALUES (1, 'written')")
    assert database.logged()[before:] == [("insert", '{"id":1,"text":"written"}')]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT count(*) FROM portico_changes",
        "INSERT INTO portico_changes (table_name, verb) VALUES ('notes', 'truncate')",
        "DELETE FROM portico_changes",
        "SELECT key FROM portico_change_log",
        "UPDATE portico_change_log SET swept = 1000",
        "SELECT setval('portico_told', 1)",
    ],
)
def test_the_log_itself_is_out_of_reach(database: Database, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        database.as_user(statement)


def test_changes_that_never_were_cannot_be_logged_by_a_table_of_ones_own(database: Database) -> None:
    before = database.logged()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        database.as_user(
            "CREATE TEMPORARY TABLE notes (id int, text text)",
            "CREATE TRIGGER mine AFTER INSERT ON pg_temp.notes FOR EACH ROW"
            " EXECUTE FUNCTION public.portico_log_change('notes')",
            "INSERT INTO pg_temp.notes VALUES (7, 'forged')",
        )
    assert database.logged() == before


def test_a_cast_of_ones_own_is_not_called_as_the_owner(database: Database) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        database.as_user(
            "CREATE TYPE pg_temp.mine AS ENUM ('a')",
            "CREATE FUNCTION pg_temp.as_json(pg_temp.mine) RETURNS json LANGUAGE plpgsql AS"
            f" $$ BEGIN EXECUTE 'ALTER ROLE {USER} SUPERUSER'; RETURN '0'; END $$",
            "CREATE CAST (pg_temp.mine AS json) WITH FUNCTION pg_temp.as_json(pg_temp.mine)",
            "CREATE TEMPORARY TABLE trap (value pg_temp.mine)",
            "CREATE TRIGGER mine AFTER INSERT ON pg_temp.trap FOR EACH ROW"
            " EXECUTE FUNCTION public.portico_log_change('notes')",
            "INSERT INTO pg_temp.trap VALUES ('a')",
        )
    assert database.as_owner(f"SELECT rolsuper FROM pg_roles WHERE rolname = '{USER}'") == [(False,)]


def test_a_function_that_everybody_may_execute_is_found_and_mended(database: Database) -> None:
    database.as_owner("GRANT EXECUTE ON FUNCTION portico_log_change() TO PUBLIC")
    assert database.missing() == ["create function portico_log_change"]
    assert database.migrate() == ["create function portico_log_change"]
    assert database.missing() == []
    assert database.as_owner("SELECT has_function_privilege('public', 'portico_log_change()', 'EXECUTE')") == [(False,)]
