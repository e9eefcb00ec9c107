"""Where do the tests' servers keep their data: in memory where the machine has a folder of it, else where temporary files are."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")
_NEEDED_BYTES = 2 * 1024**3


def scratch_folder(prefix: str) -> Path:
    """
    A new folder, for its maker to remove.

    A database is made in 0.04 s in memory and in 0.2 s on a busy disk, and a run of all tests makes a thousand. It is
    never below the checkout: the server runs as a user of its own, who may not be able to go there.
    """
    is_free = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _NEEDED_BYTES
    return Path(tempfile.mkdtemp(prefix=prefix, dir=_MEMORY if is_free else None))
