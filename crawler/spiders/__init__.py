"""Thin spiders, one a kind of source."""
