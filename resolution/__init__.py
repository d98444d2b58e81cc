"""Listings to practitioners and practices."""
