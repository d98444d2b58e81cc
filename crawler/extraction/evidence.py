"""The words behind each value, gathered while reading."""

from __future__ import annotations

from directory.models import PageEvidence

SNIPPET_CHARS = 200
MAX_NOTES = 400


class Evidence:
    """Collects one note a value: what was read, from which words, standing where."""

    def __init__(self) -> None:
        self.notes: dict[tuple[str, str], PageEvidence] = {}

    def add(self, field: str, value: str, snippet: str, where: str) -> None:
        """Keep the first words seen for this value of this field."""
        key = (field, value)
        if key not in self.notes and len(self.notes) < MAX_NOTES:
            self.notes[key] = PageEvidence(field=field, value=value, snippet=_shorten(snippet, value), where=where)

    def as_tuple(self) -> tuple[PageEvidence, ...]:
        return tuple(self.notes.values())


def _shorten(snippet: str, value: str) -> str:
    """At most `SNIPPET_CHARS` of the words, with the value inside where it stands in them."""
    if len(snippet) <= SNIPPET_CHARS:
        return snippet
    at = max(0, snippet.lower().find(value.lower()))
    start = max(0, min(at - SNIPPET_CHARS // 3, len(snippet) - SNIPPET_CHARS))
    return snippet[start : start + SNIPPET_CHARS].strip()
