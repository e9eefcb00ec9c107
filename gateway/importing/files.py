"""How do written modules and settings get into a project: without overwriting what is there, and without secrets."""

from __future__ import annotations

import json
import keyword
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from portico.gateway.problems import WouldOverwrite

_SECRET_PARAMETERS = frozenset({"password", "passfile", "sslpassword", "sslkey"})


def check_target(folder: Path, into: str, *, force: bool) -> None:
    """
    Asks whether a package may be written into a folder.

    Raises:
        WouldOverwrite: its name is no module's, or something is there already.
    """
    if not into.isidentifier() or keyword.iskeyword(into):
        raise WouldOverwrite(f"{into!r} is no name of a package.", hint="Use letters, digits and underscores.")
    if (folder / f"{into}.py").exists():
        raise WouldOverwrite(
            f"There is {into}.py, which a package {into} would hide.", hint="Name another: --into other_models."
        )
    package = folder / into
    if package.exists() and (not package.is_dir() or any(package.iterdir())) and not force:
        raise WouldOverwrite(
            f"{into} exists already.", hint="Name another (--into other_models), or write over its files (--force)."
        )


def write_files(package: Path, texts: Mapping[str, str]) -> None:
    """Writes the modules of a package; what else is in its folder stays."""
    for path, text in texts.items():
        file = package / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def write_settings(folder: Path, settings: Mapping[str, Any]) -> list[str]:
    """
    Writes portico.toml, a database's password left out.

    Returns:
        What to tell whoever runs the command.
    """
    kept = dict(settings)
    told = ["Wrote portico.toml."]
    if "database_url" in kept:
        kept["database_url"] = without_password(str(kept["database_url"]))
        if kept["database_url"] != settings["database_url"]:
            told.append("It has no password: set PORTICO_DATABASE_URL to the whole URL in the environment.")
    kept.setdefault("naming", "plain")
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in kept.items()]
    (folder / "portico.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return told


def without_password(url: str) -> str:
    """A database's URL without anything secret."""
    parts = urlsplit(url)
    credentials, at, host = parts.netloc.rpartition("@")
    user = credentials.partition(":")[0]
    given = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in given if name.lower() not in _SECRET_PARAMETERS]
    if len(kept) == len(given) and user == credentials:
        return url
    query = parts.query if len(kept) == len(given) else urlencode(kept, safe="/")
    return urlunsplit(parts._replace(netloc=f"{user}{at}{host}", query=query))
