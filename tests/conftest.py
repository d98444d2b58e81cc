"""Fixtures shared by all tests; each room keeps its own in a module of its name."""

from __future__ import annotations

from tests.elasticsearch_node import elasticsearch_url
from tests.postgresql_node import postgresql_server, postgresql_url

__all__ = ["elasticsearch_url", "postgresql_server", "postgresql_url"]
