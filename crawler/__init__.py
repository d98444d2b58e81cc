"""Scrapy: sources to observations."""
