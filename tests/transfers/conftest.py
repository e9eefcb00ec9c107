"""Fixtures: a bucket whose signatures are checked, and Node with clients of S3 and tus."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.support.node import NoRegistry, installed
from tests.support.s3 import Bucket, checked_s3


@pytest.fixture(scope="session")
def s3() -> Generator[Bucket]:
    """A server that speaks S3, for all tests."""
    with checked_s3() as bucket:
        yield bucket


@pytest.fixture
def bucket(s3: Bucket) -> Generator[Bucket]:
    """The bucket, with nothing asked of it yet."""
    s3.seen.clear()
    yield s3
    s3.fail.clear()


@pytest.fixture(scope="session")
def clients() -> Path:
    """The folder in which Node finds the packages of tests/transfers/node/package.json."""
    try:
        return installed(Path(__file__).parent / "node")
    except NoRegistry as reason:
        pytest.skip(f"npm's packages cannot be had here: {reason}")
