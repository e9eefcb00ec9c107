"""Building the files: once for each state of the sources, whole or not at all, and with clear words otherwise."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from portico.gateway import assets
from portico.gateway.assets import BuildError, build, command, version_of

_MANIFEST = '{"name": "page", "private": true, "type": "module"%s}'
_LOCK = '{"name": "page", "lockfileVersion": 3, "requires": true, "packages": {"": {"name": "page"%s}%s}}'
_SCRIPT = """
import { readFileSync, writeFileSync } from "node:fs";
writeFileSync(`${process.argv[2]}/page.js`, readFileSync("main.js", "utf8").toUpperCase());
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A page without third-party packages: npm has nothing to fetch for it."""
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "package.json").write_text(_MANIFEST % "")
    (folder / "package-lock.json").write_text(_LOCK % ("", ""))
    (folder / ".npmrc").write_text("audit=false\nfund=false\n")
    (folder / "build.mjs").write_text(_SCRIPT)
    (folder / "main.js").write_text("one")
    return folder


def test_files_are_built_once_and_again_when_a_source_changes(source: Path, tmp_path: Path) -> None:
    output, work = tmp_path / "static" / "page", tmp_path / "work"
    assert build(source, output, work)
    assert (output / "page.js").read_text() == "ONE"
    assert (output / "version.txt").read_text() == version_of(source)
    assert not build(source, output, work)

    (source / "main.js").write_text("two")
    (output / "stale.js").write_text("of a former build")
    assert build(source, output, work)
    assert sorted(file.name for file in output.iterdir()) == ["page.js", "version.txt"]
    assert (output / "page.js").read_text() == "TWO"


def test_a_build_that_fails_leaves_the_files_as_they_were(source: Path, tmp_path: Path) -> None:
    output, work = tmp_path / "page", tmp_path / "work"
    build(source, output, work)
    (source / "build.mjs").write_text("throw new Error('no such thing');")
    with pytest.raises(BuildError, match=r"(?s)The bundler failed.*no such thing"):
        build(source, output, work)
    assert (output / "page.js").read_text() == "ONE"


def test_without_a_way_to_the_registry_the_message_says_so(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    wanted = ', "dependencies": {"some-package": "1.0.0"}'
    (source / "package.json").write_text(_MANIFEST % wanted)
    locked = ', "node_modules/some-package": {"version": "1.0.0"}'
    (source / "package-lock.json").write_text(_LOCK % (wanted, locked))
    with pytest.raises(BuildError, match=r"registry cannot be reached \(ECONNREFUSED\)"):
        build(source, tmp_path / "page", tmp_path / "work")
    assert not (tmp_path / "page").exists()


def test_every_source_counts_for_the_version(source: Path) -> None:
    versions = {version_of(source)}
    for name in ("main.js", "package-lock.json", "new.css"):
        with (source / name).open("a") as file:
            file.write(" ")
        versions.add(version_of(source))
    assert len(versions) == 4


def test_outside_a_checkout_there_is_nothing_to_build(source: Path, tmp_path: Path) -> None:
    shutil.rmtree(source)
    with pytest.raises(BuildError, match="built in a checkout"):
        build(source, tmp_path / "page", tmp_path / "work")


@pytest.mark.parametrize(("arguments", "status", "word"), [([], 1, "error: "), (["--optional"], 0, "warning: ")])
def test_a_failure_ends_the_command_unless_the_files_are_optional(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], status: int, word: str
) -> None:
    def fail(*_: Path) -> bool:
        raise BuildError("There is no network.")

    monkeypatch.setattr(assets, "build", fail)
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == status
    assert result.stderr.startswith(f"{word}There is no network.")
    assert "make assets" in result.stderr
