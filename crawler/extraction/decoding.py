"""A body's bytes as text, in whatever encoding they turn out to be."""

from __future__ import annotations

import re

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)


def decode(body: bytes, content_type: str | None = None) -> str:
    """Text of a body in whatever encoding it turns out to be; never fails."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    head = body[:2000]
    if head.count(0) > len(head) // 3:
        return body.decode("utf-16-le" if head[1:2] == b"\0" else "utf-16-be", "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        broken = error
    declared = _CHARSET.search((content_type or "").encode("ascii", "ignore")) or _CHARSET.search(body[:4096])
    name = declared[1].decode("ascii").lower() if declared else "cp1252"
    if name in ("utf-8", "utf8") or name.startswith("utf-16"):
        # a few wrong bytes in a UTF-8 page, or another encoding under its name
        mostly = len(body[: broken.start].decode("utf-8", "ignore")) != broken.start
        name = "utf-8" if mostly else "cp1252"
    if name in ("iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"):
        name = "cp1252"  # as browsers read them
    try:
        return body.decode(name, "replace")
    except (LookupError, ValueError, UnicodeError):
        return body.decode("cp1252", "replace")
