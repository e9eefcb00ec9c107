"""What does a mistake in a model file print: its code, the author's line with a caret, what is wrong and how to mend it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from textwrap import dedent

import pytest

from portico.gateway.cli.project import rendered
from portico.gateway.loading import load_models
from portico.gateway.migrating import migrate
from portico.gateway.settings import Settings, read_settings
from portico.schema.declarations import Declarations
from portico.schema.problems import Problem, Problems
from portico.schema.reading import read_catalog
from portico.schema.types.build import SchemaBuilder

HEAD = """\
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship
from portico.schema import Caller, IntId, Me, Model, allow, everyone, query, require


class Post(Model):
    id: Mapped[IntId]
    title: Mapped[str]


"""

Load = Callable[[str], Declarations]


@pytest.fixture
def load(tmp_path: Path) -> Generator[Load]:
    """Loads a model file of the head above and some text, as `portico dev` does up to serving."""
    path, modules = list(sys.path), set(sys.modules)

    def load_text(text: str, head: str = HEAD) -> Declarations:
        file = tmp_path / "models.py"
        file.write_text(head + dedent(text))
        declarations = load_models(file)
        try:
            SchemaBuilder(read_catalog(declarations, dialect="sqlite"))
        except Problems:
            # SQLAlchemy configures the mappers of every registry at once: one that failed would fail other tests.
            declarations.registry.dispose()
            raise
        return declarations

    yield load_text
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        if name == "models":
            del sys.modules[name]


def _printed(load: Load, text: str, tmp_path: Path) -> str:
    with pytest.raises(Problems) as caught:
        load(text)
    return rendered(caught.value).replace(str(tmp_path), "…")


def test_a_problem_is_printed_with_file_line_caret_and_cure(load: Load, tmp_path: Path) -> None:
    printed = _printed(load, 'allow(Post, "reed", when=everyone)\n', tmp_path)

    assert printed == dedent(
        """\
        PT201  …/models.py:11
            allow(Post, "reed", when=everyone)
            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          'reed' is no verb.
          Verbs are read, create, update, delete, write, all."""
    )


@pytest.mark.parametrize(
    ("code", "text", "line", "message", "cure"),
    [
        ("PT201", "allow(Post, when=everyone)", "allow(Post, when=everyone)", "The rule names no verb.", "Name one of"),
        (
            "PT202",
            'allow(Post, "read", when=everyone, limit=0)',
            'allow(Post, "read", when=everyone, limit=0)',
            "limit=0 lets nobody see a row.",
            "Leave the rule out to deny.",
        ),
        (
            "PT202",
            'allow(Post, "read", when=everyone, fields=[5])',
            'allow(Post, "read", when=everyone, fields=[5])',
            "5 is not a column.",
            "fields=[Post.title]",
        ),
        (
            "PT202",
            'allow(Post, "read", when=everyone, hide=["everything"])',
            'allow(Post, "read", when=everyone, hide=["everything"])',
            "'everything' is no kind of root field.",
            "aggregate, by_key, changes, connection, list, stream",
        ),
        (
            "PT203",
            'class Nothing:\n    pass\n\n\nallow(Nothing, "read", when=everyone)',
            'allow(Nothing, "read", when=everyone)',
            "allow is about Nothing, which is neither a mapped class, nor a base of one, nor a Table.",
            "Derive Nothing from Model",
        ),
        (
            "PT207",
            '@allow(Post, "read")\ndef mine(post, me):\n    return post.author == me.id',
            '@allow(Post, "read")',
            "The rule mine cannot be used on Post:",
            "row.author_id == me.id",
        ),
        (
            "PT207",
            '@require(Post, "read")\ndef text(post, me):\n    return "yes"',
            '@require(Post, "read")',
            "it returns str, not a condition",
            "A rule takes (row, me)",
        ),
        (
            "PT208",
            'allow(Post, "read", when=everyone, fields=["titel"])',
            'allow(Post, "read", when=everyone, fields=["titel"])',
            "Post has no column 'titel'.",
            "It has id, title.",
        ),
        (
            "PT208",
            'allow(Post, "create", when=everyone, set={"stat": 1})',
            'allow(Post, "create", when=everyone, set={"stat": 1})',
            "Post has no column 'stat'.",
            "It has id, title.",
        ),
        (
            "PT209",
            "@query\ndef odd(thing: object) -> int:\n    return 1",
            "@query",
            "A function's signature cannot be written in GraphQL",
            "Annotate arguments and results",
        ),
        ("PT210", "def broken(:\n    pass", "def broken(:", "Python cannot read it: invalid syntax.", ""),
        ("PT210", "x = 1 / 0", "x = 1 / 0", "Importing it fails with ZeroDivisionError: division by zero", ""),
        ("PT210", "import no_such_module", "import no_such_module", "No module named 'no_such_module'", ""),
    ],
    ids=lambda value: value if value.startswith("PT") else "",
)
def test_each_mistake_has_its_code_place_and_cure(
    code: str, text: str, line: str, message: str, cure: str, load: Load, tmp_path: Path
) -> None:
    printed = _printed(load, text + "\n", tmp_path)
    place, shown, caret, *rest = printed.split("\n")

    assert place == f"{code}  …/models.py:{_number_of(line, text)}"
    assert shown.strip() == line
    assert "^" in caret
    assert message in rest[0]
    assert cure in "\n".join(rest)


def _number_of(line: str, text: str) -> int:
    return [*HEAD.split("\n")[:-1], *text.split("\n")].index(line) + 1


@pytest.mark.parametrize(
    ("code", "text", "line", "message", "cure"),
    [
        (
            "PT204",
            "class Odd(Model):\n    __tablename__ = 'odd'\n    id: Mapped[IntId]\n    price: Mapped[int] = mapped_column('€')\n",
            "class Odd(Model):",
            "gives no GraphQL name",
            "GraphQL names are letters",
        ),
        (
            "PT205",
            "class Twin(Model):\n    id: Mapped[IntId]\n    user_id: Mapped[int]\n    userId: Mapped[int]\n",
            "class Twin(Model):",
            "are both 'userId' in GraphQL",
            "hasura-default",
        ),
        (
            "PT205",
            "class Article(Model):\n    __tablename__ = 'post'\n    id: Mapped[IntId]\n",
            "class Article(Model):",
            "would both have the root field",
            "Give one of them another __tablename__.",
        ),
    ],
)
def test_a_mistake_in_a_class_shows_the_class(
    code: str, text: str, line: str, message: str, cure: str, load: Load, tmp_path: Path
) -> None:
    printed = _printed(load, text, tmp_path)

    assert printed.startswith(f"{code}  …/models.py:")
    assert line in printed
    assert message in printed
    assert cure in printed


def test_a_mistake_in_a_class_shows_its_line(load: Load, tmp_path: Path) -> None:
    text = "class Odd(Model):\n    id: Mapped[IntId]\n    price: Mapped[int] = mapped_column('€')\n"

    assert _printed(load, text, tmp_path).startswith("PT204  …/models.py:11\n")


def test_a_relation_named_like_a_column_is_a_problem(load: Load, tmp_path: Path) -> None:
    text = """\
        class Line(Model):
            id: Mapped[IntId]
            post_id: Mapped[int] = mapped_column(ForeignKey(Post.id))
            postId: Mapped[Post] = relationship()
        """

    assert "The relation postId of Line has the name of a column" in _printed(load, text, tmp_path)


def test_a_relationship_that_sqlalchemy_cannot_map_is_a_problem(load: Load, tmp_path: Path) -> None:
    text = """\
        class Line(Model):
            id: Mapped[IntId]
            posts: Mapped[list[Post]] = relationship()
        """
    printed = _printed(load, text, tmp_path)

    assert printed.startswith("PT206")
    assert "Could not determine join condition" in printed


def test_a_relationship_that_was_mended_is_served_at_the_next_save(tmp_path: Path) -> None:
    file, path = tmp_path / "models.py", list(sys.path)
    broken = "class Line(Model):\n    id: Mapped[IntId]\n    posts: Mapped[list[Post]] = relationship()\n"
    file.write_text(HEAD + broken)
    declarations = load_models(file)
    try:
        with pytest.raises(Problems):
            read_catalog(declarations, dialect="sqlite")
        file.write_text(HEAD)

        assert set(read_catalog(load_models(file), dialect="sqlite").tables) == {"Post"}
    finally:
        declarations.registry.dispose()
        sys.path[:] = path


def test_what_sqlalchemy_cannot_map_shows_its_line(load: Load, tmp_path: Path) -> None:
    text = "class Line(Model):\n    id: Mapped[IntId]\n    posts: Mapped[list[Post]] = relationship()\n"

    assert _printed(load, text, tmp_path).startswith("PT206  …/models.py:")


def test_several_mistakes_are_printed_at_once(load: Load, tmp_path: Path) -> None:
    text = """\
        allow(Post, "read", when=everyone, fields=["titel"])
        allow(Caller, "read", when=everyone)


        @allow(Post, "update")
        def mine(post, me):
            return post.author == me.id
        """
    printed = _printed(load, text, tmp_path)

    assert [part.split("  ")[0] for part in printed.split("\n\n")] == ["PT203", "PT208", "PT207"]


def test_a_file_without_models_is_a_problem(load: Load, tmp_path: Path) -> None:
    file = tmp_path / "models.py"
    file.write_text('"""Nothing yet."""\n')
    with pytest.raises(Problems) as caught:
        load_models(file)

    cure = "Derive a class from Model. If it is meant to be empty, say so: __all__ = []"
    assert rendered(caught.value) == f"PT211: models.py declares no models.\n  {cure}"


def test_a_file_that_says_that_it_is_empty_is_none(load: Load, tmp_path: Path) -> None:
    file = tmp_path / "models.py"
    file.write_text("__all__ = []\n")
    declarations = load_models(file)

    assert (declarations.models, declarations.rules, declarations.functions) == ([], [], [])


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(Problems) as caught:
        load_models(tmp_path / "models.py")

    assert rendered(caught.value).startswith("PT210: There is no models.py here.")


def test_a_broken_file_leaves_the_modules_of_the_last_good_one(load: Load, tmp_path: Path) -> None:
    load('allow(Post, "read", when=everyone)\n')
    good = sys.modules["models"]
    with pytest.raises(Problems):
        load("x = 1 / 0\n")

    assert sys.modules["models"] is good


def test_a_database_that_cannot_be_brought_in_step_is_a_problem(load: Load, tmp_path: Path) -> None:
    import sqlite3

    declarations = load("")
    with sqlite3.connect(tmp_path / "app.db") as connection:
        connection.execute("CREATE TABLE posts (id INTEGER PRIMARY KEY)")
        connection.execute("INSERT INTO posts VALUES (1)")
    connection.close()
    with pytest.raises(Problem) as caught:
        asyncio.run(migrate(declarations, Settings(database_url="sqlite:///app.db"), tmp_path))

    assert str(caught.value).startswith("PT212: The database cannot be brought in step with the models")
    assert "server_default" in str(caught.value)


def test_a_setting_that_cannot_be_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "portico.toml").write_text("pool_size = 0.5\n")
    with pytest.raises(Problem) as caught:
        read_settings(tmp_path)

    assert caught.value.code == "PT220"
    assert "pool_size" in str(caught.value)


def test_a_function_without_annotations_is_a_problem(load: Load, tmp_path: Path) -> None:
    assert _printed(load, "@query\ndef bare(x) -> int:\n    return 1\n", tmp_path).startswith("PT209")


def test_a_function_named_like_a_table_is_a_problem(load: Load, tmp_path: Path) -> None:
    assert _printed(load, "@query\ndef posts() -> int:\n    return 1\n", tmp_path).startswith("PT205")


def test_a_functions_type_named_like_a_model_is_a_problem(load: Load, tmp_path: Path) -> None:
    text = """\
        import strawberry


        @strawberry.type(name="Post")
        class Other:
            text: str


        @query
        def other() -> Other:
            return Other(text="x")
        """

    assert _printed(load, text, tmp_path).startswith("PT205")


def test_two_functions_of_one_name_are_a_problem(load: Load, tmp_path: Path) -> None:
    text = """\
        @query(to="user")
        def answer() -> int:
            return 1


        @query
        def answer() -> int:
            return 2
        """

    assert _printed(load, text, tmp_path).startswith("PT205  …/models.py:16\n")


def test_only_the_function_at_fault_is_shown(load: Load, tmp_path: Path) -> None:
    text = """\
        @query
        def good() -> int:
            return 1


        @query
        def odd(thing: object) -> int:
            return 2
        """

    assert _printed(load, text, tmp_path).startswith("PT209  …/models.py:16\n")
