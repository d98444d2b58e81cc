"""A small made-up world, generated from a seed."""
