"""The palpate command."""
