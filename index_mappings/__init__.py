"""Versioned Elasticsearch mappings."""
