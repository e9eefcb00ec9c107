"""How do model files get in: imported into a registry of their own, again at every save."""

from __future__ import annotations

import importlib
import sys
import traceback
from pathlib import Path
from types import ModuleType

from portico.gateway.problems import ModelFileFails, NothingToServe
from portico.gateway.reflection import reflecting_from
from portico.gateway.starting import without_collecting
from portico.resolvers.sql.kept_answers import kept_answers
from portico.schema.declarations import Declarations, declaring
from portico.schema.problems import Problem, Problems, Source
from portico.schema.quick_mapping import mapped_quickly

# Portico's own models are declared anew with the author's, into the same registry.
_DECLARING = (
    "portico.gateway.auth",
    "portico.gateway.auth.models",
    "portico.gateway.auth.teams",
    "portico.gateway.auth.actions",
    "portico.gateway.auth.actions_factors",
    "portico.gateway.auth.actions_keys",
    "portico.gateway.auth.actions_providers",
    "portico.gateway.auth.actions_ways",
    "portico.gateway.storage",
    "portico.gateway.storage.models",
    "portico.gateway.storage.actions",
    "portico.gateway.events.actions",
    "portico.gateway.events.messaging",
)


# Names of project modules that the last load brought in: these, and no others, are imported again.
_loaded: set[str] = set()


def load_models(path: Path, database_url: str | None = None) -> Declarations:
    """
    Imports a model file or package and everything of the project that it imports.

    Args:
        path: `models.py`, or a folder with `__init__.py`.
        database_url: what `reflect()` reads.

    Raises:
        Problems: the file cannot be imported, with the author's line; modules are as they were before.
    """
    path = path.resolve()
    if not path.exists():
        raise Problems([ModelFileFails(f"There is no {path.name} here.", hint="portico new makes a project.")])
    root = path.parent
    before = dict(sys.modules)
    _forget()
    sys.path[:] = [str(root), *(entry for entry in sys.path if entry != str(root))]
    importlib.invalidate_caches()
    try:
        with without_collecting(), mapped_quickly(), declaring() as declarations, reflecting_from(database_url):
            importlib.import_module(path.stem)
            kept_answers(declarations.registry.metadata)
            if declarations.has_events:
                _declare_events(declarations)
    except Problems:
        _restore(before)
        raise
    except Problem as problem:
        _restore(before)
        raise Problems([problem]) from problem
    except BaseException as error:
        _restore(before)
        if not isinstance(error, Exception):
            raise
        raise Problems([_failure(error, root)]) from error
    _loaded.clear()
    _loaded.update(
        name
        for name, module in sys.modules.items()
        if before.get(name) is not module and (file := _file(module)) is not None and _is_ours(file, root)
    )
    is_meant = getattr(sys.modules.get(path.stem), "__all__", None) == []
    own = (declarations.models, declarations.rules, declarations.functions, declarations.channels)
    found = (*own, declarations.remote_schemas)
    if not is_meant and not any(found):
        raise Problems(
            [
                NothingToServe(
                    f"{path.name} declares no models.",
                    hint="Derive a class from Model. If it is meant to be empty, say so: __all__ = []",
                )
            ]
        )
    return declarations


def _declare_events(declarations: Declarations) -> None:
    """What runs in the background has tables of its own, which projects without it do without."""
    from portico.gateway.events.tables import event_tables

    event_tables(declarations.registry.metadata)
    importlib.import_module("portico.gateway.events.actions")


def project_files(path: Path) -> list[Path]:
    """The project's Python files that are imported now; these are watched."""
    root = path.resolve().parent
    modules = [sys.modules[name] for name in _loaded if name in sys.modules]
    return sorted({file for module in modules if (file := _file(module)) and _is_ours(file, root)} | {path.resolve()})


def _forget() -> None:
    for name in list(sys.modules):
        if name in _loaded or name in _DECLARING:
            del sys.modules[name]


def _restore(before: dict[str, ModuleType]) -> None:
    for name in list(sys.modules):
        if name not in before:
            del sys.modules[name]
    sys.modules.update(before)


def _file(module: ModuleType) -> Path | None:
    file = getattr(module, "__file__", None)
    return Path(file).resolve() if file else None


def _is_ours(file: Path, root: Path) -> bool:
    """Whether a file belongs to the project: below its folder, and not in an environment or Portico itself."""
    if not file.is_relative_to(root):
        return False
    inside = file.relative_to(root).parts
    portico = Path(__file__).resolve().parents[1]
    return not ({"site-packages", ".venv", "venv"} & set(inside)) and not any(
        file.is_relative_to(portico / folder) for folder in ("gateway", "resolvers", "schema")
    )


def _failure(error: Exception, root: Path) -> Problem:
    """The author's own line of a traceback, not those of libraries below it."""
    if isinstance(error, SyntaxError) and error.filename:
        source = Source(error.filename, error.lineno or 1, (error.text or "").strip())
        return ModelFileFails(f"Python cannot read it: {error.msg}.", source=source)
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        # Code that libraries write as they run has names such as <generated>, which are no paths.
        if not frame.filename.startswith("<") and _is_ours(Path(frame.filename).resolve(), root)
    ]
    source = Source(frames[-1].filename, frames[-1].lineno or 1, (frames[-1].line or "").strip()) if frames else None
    # With Python's own "Did you mean".
    *_, said = traceback.TracebackException.from_exception(error).format_exception_only()
    return ModelFileFails(f"Importing it fails with {said.strip()}", source=source)
