"""Docs: every code, setting and limit is documented, every file they name exists, and examples are the real ones."""

from __future__ import annotations

import importlib
import pkgutil
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

import portico.gateway
import portico.resolvers
import portico.schema
from portico.gateway.auth_settings import AuthSettings, ProviderSettings
from portico.gateway.s3_settings import S3Settings
from portico.gateway.settings import HostingSettings, Issuer, Settings
from portico.resolvers.limits import Limits
from portico.schema.problems import ModelProblem, Problem

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("examples/*/README.md")])
ADVICE_CODES = ("PT240", "PT241", "PT242")


def problems() -> list[type[Problem]]:
    for package in (portico.schema, portico.resolvers, portico.gateway):
        module: Any = package
        for found in pkgutil.walk_packages(module.__path__, module.__name__ + "."):
            if not found.name.endswith("__main__"):
                importlib.import_module(found.name)
    known: list[type[Problem]] = []
    waiting: list[type[Problem]] = [Problem]
    while waiting:
        class_ = waiting.pop()
        known += [each for each in class_.__subclasses__() if each.__module__.startswith("portico.")]
        waiting += class_.__subclasses__()
    return [each for each in known if each is not ModelProblem]


def test_every_code_belongs_to_one_problem() -> None:
    codes = [problem.code for problem in problems()]
    assert sorted(codes) == sorted(set(codes))
    assert all(re.fullmatch(r"PT[1-5]\d\d", code) for code in codes)


def test_every_code_is_documented_with_what_it_means() -> None:
    text = (ROOT / "docs" / "errors.md").read_text()
    documented = set(re.findall(r"^\| (PT\d+) \|", text, flags=re.MULTILINE))
    assert documented == {problem.code for problem in problems()} | set(ADVICE_CODES)
    for problem in problems():
        assert problem.__doc__, problem


@pytest.mark.parametrize(
    "record",
    [Settings, Issuer, HostingSettings, AuthSettings, ProviderSettings, S3Settings],
    ids=lambda record: record.__name__,
)
def test_every_setting_is_documented(record: Any) -> None:
    text = (ROOT / "docs" / "settings.md").read_text()
    for each in fields(record):
        assert f"`{each.name}`" in text, each.name


def test_every_limit_is_documented_with_its_default() -> None:
    text = (ROOT / "docs" / "limits.md").read_text()
    for each in fields(Limits):
        assert f"| `{each.name}` | {each.default:,} |" in text, each.name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_and_paths_of_a_page_exist(page: Path) -> None:
    text = page.read_text()
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        if not target.startswith(("http://", "https://")):
            assert (page.parent / target).exists(), target
    for path in re.findall(r"`((?:schema|resolvers|gateway|tests|examples|benchmarks|docs)/[\w./-]+)`", text):
        assert (ROOT / path).exists(), path


def test_architecture_names_every_module() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    for path in sorted((ROOT / "resolvers").rglob("*.py")):
        if path.name != "__init__.py":
            assert path.name in text, f"docs/architecture.md does not mention {path.relative_to(ROOT)}"


def test_the_readme_shows_the_example_it_names() -> None:
    readme = (ROOT / "README.md").read_text()
    shown = re.search(r"```python\n(.*?)```", readme, flags=re.DOTALL)
    assert shown is not None
    real = (ROOT / "examples" / "hello" / "models.py").read_text()
    for block in shown[1].strip().split("\n\n"):
        assert block.strip() in real, block


def test_comments_name_benchmarks_that_exist() -> None:
    for folder in ("schema", "resolvers", "gateway"):
        for path in (ROOT / folder).rglob("*.py"):
            for name in re.findall(r"benchmarks/(\w+)", path.read_text()):
                at = ROOT / "benchmarks" / name
                assert at.with_suffix(".py").exists() or (at / "__main__.py").exists(), f"{path}: benchmarks/{name}"


def test_the_changelog_begins_with_what_is_unreleased() -> None:
    assert "## Unreleased" in (ROOT / "CHANGELOG.md").read_text()
