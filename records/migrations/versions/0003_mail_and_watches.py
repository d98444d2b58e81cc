"""Outgoing mail, what people follow, what they were told, and what they ask for themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from records.tables import BigInt, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = ("statements", "proofs", "watch_events", "watches", "watchers", "mails")


def upgrade() -> None:
    _make_mails()
    _make_watches()
    _make_requests()


def downgrade() -> None:
    for name in TABLES:
        op.drop_table(name)


def _make_mails() -> None:
    op.create_table(
        "mails",
        sa.Column("seq", BigInt, nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("owner", sa.String(60), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=True),
        sa.Column("recipient_hash", sa.String(64), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_until", UtcDateTime(timezone=True), nullable=True),
        sa.Column("sent_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("failed_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name="pk_mails"),
        sa.UniqueConstraint("key", name="uq_mails_key"),
    )
    op.create_index("ix_mails_owner", "mails", ["owner"])
    op.create_index("ix_mails_recipient_hash", "mails", ["recipient_hash"])
    op.create_index("ix_mails_waiting", "mails", ["sent_at", "failed_at", "seq"])


def _make_watches() -> None:
    op.create_table(
        "watchers",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("email_hash", sa.String(64), nullable=True),
        sa.Column("user_id", sa.String(32), nullable=True),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("link_version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_watchers_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_watchers"),
        sa.UniqueConstraint("email_hash", name="uq_watchers_email_hash"),
        sa.UniqueConstraint("user_id", name="uq_watchers_user_id"),
    )
    op.create_table(
        "watches",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("watcher_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("checked_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["watcher_id"], ["watchers.id"], name="fk_watches_watcher_id"),
        sa.PrimaryKeyConstraint("id", name="pk_watches"),
        sa.UniqueConstraint("watcher_id", "kind", "subject", name="uq_watches_watcher_id_kind_subject"),
    )
    op.create_index("ix_watches_subject", "watches", ["subject"])
    op.create_table(
        "watch_events",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("watch_id", sa.String(32), nullable=False),
        sa.Column("event_key", sa.String(120), nullable=False),
        sa.Column("entity_id", sa.String(40), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("told_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("mail_key", sa.String(120), nullable=True),
        sa.ForeignKeyConstraint(["watch_id"], ["watches.id"], name="fk_watch_events_watch_id"),
        sa.PrimaryKeyConstraint("id", name="pk_watch_events"),
        sa.UniqueConstraint("watch_id", "event_key", name="uq_watch_events_watch_id_event_key"),
    )
    op.create_index("ix_watch_events_entity_id", "watch_events", ["entity_id"])
    op.create_index("ix_watch_events_mail_key", "watch_events", ["mail_key"])


def _make_requests() -> None:
    op.create_table(
        "proofs",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("entity_id", sa.String(40), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("asked_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("proved_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["review_cases.id"], name="fk_proofs_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_proofs"),
    )
    op.create_table(
        "statements",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("entity_id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["review_cases.id"], name="fk_statements_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_statements"),
    )
    for table in ("proofs", "statements"):
        op.create_index(f"ix_{table}_case_id", table, ["case_id"])
        op.create_index(f"ix_{table}_entity_id", table, ["entity_id"])
