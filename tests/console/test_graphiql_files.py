"""GraphiQL's files as built: whole, with their licences, and content with this server alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portico.gateway.assets import OUTPUT, SOURCE, version_of

pytestmark = pytest.mark.skipif(
    not (OUTPUT / "version.txt").is_file(), reason="GraphiQL's files are not built: make assets."
)

# Where code can come from: import "…", import("…"), from "…", new URL("…", import.meta.url) and url(…).
_IMPORT = re.compile(r"""(?:\bimport|\bfrom|\bimport\s*\()\s*(["'])((?:\.{1,2}/|https?:|//)[^"']*\.js)\1""")
_SHEET = re.compile(r"""url\(\s*["']?(?!data:)([^"')]+)""")


def files(ending: str) -> list[Path]:
    return sorted(OUTPUT.glob(f"*.{ending}"))


def test_the_files_are_of_the_present_sources() -> None:
    assert (OUTPUT / "version.txt").read_text() == version_of(SOURCE), "make assets builds them anew"


def test_everything_that_scripts_import_is_there() -> None:
    imported = {path for file in files("js") for _, path in _IMPORT.findall(file.read_text())}
    assert len(imported) > 5
    assert {path for path in imported if not path.startswith("./")} == set()
    assert {path for path in imported if not (OUTPUT / path).is_file()} == set()


def test_everything_that_the_style_sheet_names_is_there() -> None:
    named = {path for file in files("css") for path in _SHEET.findall(file.read_text())}
    assert {path for path in named if not (OUTPUT / path).is_file()} == set()
    assert not any("@import" in file.read_text() for file in files("css"))


@pytest.mark.parametrize("label", ["editorWorkerService", "graphql", "json"])
def test_each_worker_is_a_file(label: str) -> None:
    assert (OUTPUT / f"{label}.worker.js").is_file()


def test_no_script_needs_what_the_policy_forbids() -> None:
    for file in files("js"):
        text = file.read_text()
        assert not re.search(r"(?<![\w$.])(?:eval|new Function)\(", text), file.name
        assert not re.search(r"unpkg|jsdelivr|esm\.sh|cdnjs|googleapis", text), file.name


def test_the_licences_of_what_was_built_in_come_along() -> None:
    text = (OUTPUT / "LICENSES.txt").read_text()
    for package in ("graphiql", "graphql", "monaco-editor", "react", "react-dom"):
        assert re.search(rf"^==== {package} \d", text, re.MULTILINE), package


def test_the_lock_file_pins_every_package_and_names_no_registry() -> None:
    text = (SOURCE / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert "registry." not in text
    assert text.count('"integrity"') >= text.count('"node_modules/')
    manifest = (SOURCE / "package.json").read_text()
    assert re.search(r'"[\^~><*]', manifest) is None
