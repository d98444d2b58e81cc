"""Fixtures shared by all tests; each room keeps its own in a module of its name."""

from __future__ import annotations

from tests.elasticsearch_node import elasticsearch_url
from tests.environment import clear_settings, keep_passwords_lightly, steady_properties, write_to_memory
from tests.postgresql_node import postgresql_server, postgresql_url
from tests.records_fixtures import (
    empty_settings,
    open_records,
    postgresql_records_url,
    records_clock,
    records_database,
    records_settings,
    records_template,
)

__all__ = [
    "elasticsearch_url",
    "empty_settings",
    "open_records",
    "postgresql_records_url",
    "postgresql_server",
    "postgresql_url",
    "records_clock",
    "records_database",
    "records_settings",
    "records_template",
]

clear_settings()
write_to_memory()
keep_passwords_lightly()
steady_properties()
