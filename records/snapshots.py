"""Raw pages as they were fetched: compressed, and kept once however often they were seen."""

from __future__ import annotations

import hashlib
import zlib

import sqlalchemy as sa

from directory.errors import NotFoundError
from records.database import Session
from records.tables import ObservationRow, SnapshotRow


def put(session: Session, body: bytes) -> str:
    """Keep `body` and return its SHA-256, under which `get` gives it back."""
    key = hashlib.sha256(body).hexdigest()
    if session.scalar(sa.select(SnapshotRow.hash).where(SnapshotRow.hash == key)) is None:
        row = SnapshotRow(hash=key, body=zlib.compress(body, 6), size=len(body), stored_at=session.now())
        session.merge(row)
        session.flush()
    return key


def get(session: Session, key: str) -> bytes:
    """The page kept under `key`; raises NotFoundError, also once it was erased."""
    body = session.scalar(sa.select(SnapshotRow.body).where(SnapshotRow.hash == key))
    if body is None:
        raise NotFoundError("This snapshot is not kept, or no longer.")
    return zlib.decompress(body)


def is_kept(session: Session, key: str) -> bool:
    """Whether a page is kept under `key`."""
    return session.scalar(sa.select(SnapshotRow.hash).where(SnapshotRow.hash == key)) is not None


def prune(session: Session) -> int:
    """Drop the snapshots that no observation stands on any more; returns how many."""
    used = sa.select(ObservationRow.snapshot_hash).where(ObservationRow.snapshot_hash == SnapshotRow.hash)
    return session.change(sa.delete(SnapshotRow).where(~used.exists()))
