"""Engines behind the search interface."""
