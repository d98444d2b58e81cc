"""Fixtures shared by all tests; each room keeps its own in a module of its name."""

from __future__ import annotations

from tests.elasticsearch_node import elasticsearch_url
from tests.postgresql_node import postgresql_server, postgresql_url
from tests.records_fixtures import open_records, records_clock, records_database, records_settings

__all__ = [
    "elasticsearch_url",
    "open_records",
    "postgresql_server",
    "postgresql_url",
    "records_clock",
    "records_database",
    "records_settings",
]
