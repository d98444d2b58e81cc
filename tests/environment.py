"""The tests' surroundings: no setting of the machine reaches them, but the servers it names are used.

`PALPATE_SEARCH_URL` and `PALPATE_DATABASE_URL` name servers, not data: tests make indices and databases of their own.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings

from records import users

SERVERS = {"PALPATE_SEARCH_URL": "ELASTICSEARCH_URL", "PALPATE_DATABASE_URL": "POSTGRESQL_URL"}
MEMORY_DISK, MEMORY = Path("/dev/shm"), Path("/proc/meminfo")
ROOM = 6 * 2**30  # the suite writes about one; its servers and browsers need the rest
HASHER_IN_USE = users.HASHER  # for the tests of its own


def clear_settings() -> None:
    """Take every PALPATE_* setting out of the environment, keeping the servers they name for the fixtures."""
    for setting, server in SERVERS.items():
        value = os.environ.get(setting, "")
        if value.startswith(("http://", "https://", "postgresql")):
            os.environ.setdefault(server, value)
    for name in [name for name in os.environ if name.startswith("PALPATE_")]:
        del os.environ[name]


def write_to_memory() -> None:
    """Make temporary folders in memory where there is plenty: hundreds of databases are made and dropped."""
    if "TMPDIR" in os.environ or not os.access(MEMORY_DISK, os.W_OK) or not MEMORY.is_file():
        return
    available = re.search(r"MemAvailable: +(\d+) kB", MEMORY.read_text("ascii"))
    if available and min(int(available[1]) * 1024, shutil.disk_usage(MEMORY_DISK).free) >= ROOM:
        os.environ["TMPDIR"] = str(MEMORY_DISK)  # for the processes that tests start, too
        tempfile.tempdir = None


def keep_passwords_lightly() -> None:
    """Make passwords' digests cheap in this process: the tests make hundreds, and each is meant to take its time."""
    users.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    users.NOBODY = users.HASHER.hash("nobody")


def steady_properties() -> None:
    """Try properties on the same examples every time, however slow the machine is.

    `--hypothesis-profile=default` tries others.
    """
    settings.register_profile("steady", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("steady")
