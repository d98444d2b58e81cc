"""The tests' surroundings: no setting of the machine reaches them, but the servers it names are used.

`PALPATE_SEARCH_URL` and `PALPATE_DATABASE_URL` name servers, not data: tests make indices and databases of their own.
"""

from __future__ import annotations

import os

SERVERS = {"PALPATE_SEARCH_URL": "ELASTICSEARCH_URL", "PALPATE_DATABASE_URL": "POSTGRESQL_URL"}


def clear_settings() -> None:
    """Take every PALPATE_* setting out of the environment, keeping the servers they name for the fixtures."""
    for setting, server in SERVERS.items():
        value = os.environ.get(setting, "")
        if value.startswith(("http://", "https://", "postgresql")):
            os.environ.setdefault(server, value)
    for name in [name for name in os.environ if name.startswith("PALPATE_")]:
        del os.environ[name]
