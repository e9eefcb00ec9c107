"""Do logs keep to themselves what a failing function was given: tokens, claims and values of variables."""

from __future__ import annotations

import subprocess
import sys

import pytest

_FAILS = """
import sys
from portico.gateway.observe import configure_logs, logger

def verify(headers):
    token = headers[b"authorization"].decode()
    raise KeyError("the key set")

configure_logs(sys.argv[1])
try:
    verify({b"authorization": sys.argv[2].encode()})
except Exception as error:
    logger().error("failed", exc_info=error)
"""


@pytest.mark.parametrize("format_", ["console", "json"])
def test_a_traceback_shows_no_local_variables(format_: str) -> None:
    command = [sys.executable, "-c", _FAILS, format_, "Bearer a.token.of-somebody"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    assert "the key set" in told
    assert "of-somebody" not in told
