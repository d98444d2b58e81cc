"""The sources Palpate knows: one validated YAML a source, and the look-up pages that are never crawled."""

from crawler.sources.model import (
    Column,
    CommercialUse,
    LookupOnly,
    Source,
    SourceKind,
    Status,
    get_source,
    load_lookup_only,
    load_source,
    load_sources,
)
from crawler.sources.status import SourceStatus, describe_sources

__all__ = [
    "Column",
    "CommercialUse",
    "LookupOnly",
    "Source",
    "SourceKind",
    "SourceStatus",
    "Status",
    "describe_sources",
    "get_source",
    "load_lookup_only",
    "load_source",
    "load_sources",
]
