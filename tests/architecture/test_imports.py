"""Architecture: imports point one way, pure folders stay pure, files stay small, and there are no cycles."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

MAY_IMPORT = {
    "schema": {"schema"},
    "resolvers/plan": {"schema", "resolvers/plan", "resolvers/limits", "resolvers/problems", "resolvers/lifting"},
    "resolvers/sql": {"schema", "resolvers/plan", "resolvers/sql", "resolvers/limits", "resolvers/problems"},
    "resolvers": {"schema", "resolvers"},
    "gateway/auth": {
        "schema",
        "gateway/auth",
        "gateway/auth_settings",
        "gateway/connection",
        "gateway/cookies",
        "gateway/edge",
        "gateway/errors",
        "gateway/hook_calls",
        "gateway/http",
        "gateway/key_sets",
        "gateway/observe",
        "gateway/origins",
        "gateway/outgoing",
        "gateway/problems",
        "gateway/request_ids",
        "gateway/tokens",
        "gateway/verified",
        "resolvers/request",
        "resolvers/run/changes",
        "resolvers/run/identifiers",
    },
    "gateway/storage": {
        "schema",
        "gateway/storage",
        "gateway/aws_clients",
        "gateway/s3_settings",
        "gateway/storage_settings",
        "gateway/chunks",
        "gateway/edge",
        "gateway/errors",
        "gateway/hook_calls",
        "gateway/http",
        "gateway/observe",
        "gateway/origins",
        "gateway/problems",
        "gateway/request_ids",
        "resolvers/plan",
        "resolvers/problems",
        "resolvers/request",
        "resolvers/run/changes",
        "resolvers/run/execute",
        "resolvers/run/identifiers",
        "resolvers/sql",
    },
    "gateway/events": {
        "schema",
        "gateway/events",
        "gateway/event_settings",
        "gateway/observe",
        "gateway/outgoing",
        "gateway/outgoing_http2",
        "gateway/settings",
        "gateway/signing",
        "resolvers/live/feed",
        "resolvers/request",
        "resolvers/run",
    },
    "gateway": {"schema", "resolvers", "gateway"},
}
PURE = ("schema", "resolvers/plan", "resolvers/sql")
IMPURE_MODULES = {
    "asyncio", "time", "random", "secrets", "os", "socket", "threading", "sqlite3", "asyncpg", "pathlib", "linecache",
}  # fmt: skip
# Files over 400 lines need a reason in their first docstring; there are none.
MAX_LINES = 400


def files(folder: str) -> list[Path]:
    return sorted(path for path in (ROOT / folder).rglob("*.py") if "__pycache__" not in path.parts)


def owner(path: Path) -> str:
    """The most specific folder of MAY_IMPORT that a file lies in."""
    name = path.relative_to(ROOT).as_posix()
    return max((folder for folder in MAY_IMPORT if name.startswith(folder + "/")), key=len)


class _WithoutTyping(ast.NodeTransformer):
    """What only type checkers import is no import."""

    def visit_If(self, node: ast.If) -> ast.AST | None:
        return None if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING" else self.generic_visit(node)


def imports(path: Path, *, at_start: bool = False) -> Iterator[str]:
    """Modules that a file imports; those inside functions only when not `at_start`."""
    tree = ast.parse(path.read_text())
    if not at_start:
        tree = _WithoutTyping().visit(tree)
    nodes = tree.body if at_start else ast.walk(tree)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path} has a relative import"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


ALL = [path for folder in ("schema", "resolvers", "gateway") for path in files(folder)]


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_point_down(path: Path) -> None:
    allowed = MAY_IMPORT[owner(path)]
    for module in imports(path):
        if not module.startswith("portico."):
            continue
        there = module.removeprefix("portico.").replace(".", "/")
        assert any(there == folder or there.startswith(folder + "/") for folder in allowed), (
            f"{path.relative_to(ROOT)} imports {module}: {owner(path)} may only import {sorted(allowed)}"
        )


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_our_own_modules_are_imported_as_portico(path: Path) -> None:
    for module in imports(path):
        assert module.split(".")[0] not in {"schema", "resolvers", "gateway", "src"}, f"{path} imports {module}"


@pytest.mark.parametrize(
    "path", [path for folder in PURE for path in files(folder)], ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_pure_folders_have_no_io_no_clock_and_no_chance(path: Path) -> None:
    tree = ast.parse(path.read_text())
    for module in imports(path):
        assert module.split(".")[0] not in IMPURE_MODULES, f"{path} imports {module}"
        assert not module.startswith(("sqlalchemy.ext.asyncio", "sqlalchemy.create_engine")), f"{path} imports {module}"
    for node in ast.walk(tree):
        assert not isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith), f"{path}:{node.lineno} awaits"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "open", f"{path}:{node.lineno} opens a file"


def test_there_are_no_import_cycles() -> None:
    names = {_module(path): path for path in ALL}
    graph = {name: {each for each in imports(path, at_start=True) if each in names} for name, path in names.items()}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " → ".join([*trail[trail.index(name) :], name])
        if name not in done:
            for other in graph[name]:
                visit(other, (*trail, name))
            done.add(name)

    for name in graph:
        visit(name, ())


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_says_its_question_first_and_stays_short(path: Path) -> None:
    text = path.read_text()
    assert ast.get_docstring(ast.parse(text)), f"{path} does not say what it answers"
    assert len(text.splitlines()) <= MAX_LINES, f"{path} has {len(text.splitlines())} lines"


def test_only_the_application_knows_every_capability() -> None:
    for path in (
        *files("gateway/auth"),
        *files("gateway/events"),
        *files("gateway/functions"),
        *files("gateway/storage"),
    ):
        for module in imports(path):
            assert not module.startswith(("portico.gateway.cli", "portico.gateway.app")), f"{path} imports {module}"


def _module(path: Path) -> str:
    relative = path.relative_to(ROOT).with_suffix("")
    parts = relative.parts[:-1] if relative.name == "__init__" else relative.parts
    return ".".join(("portico", *parts))
