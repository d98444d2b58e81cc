"""Accounts get a second factor with recovery codes, and links by which a password is set."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from records.tables import BigInt, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE users RENAME COLUMN totp_secret TO totp_salt")
    op.add_column("users", sa.Column("totp_since", UtcDateTime(timezone=True), nullable=True))
    op.add_column("users", sa.Column("totp_step", BigInt, nullable=True))
    op.add_column("users", sa.Column("totp_failures", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "recovery_codes",
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_recovery_codes_user_id"),
        sa.PrimaryKeyConstraint("code_hash", name="pk_recovery_codes"),
    )
    op.create_table(
        "password_resets",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_password_resets_user_id"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_password_resets"),
    )
    for table in ("recovery_codes", "password_resets"):
        op.create_index(f"ix_{table}_user_id", table, ["user_id"])


def downgrade() -> None:
    for table in ("password_resets", "recovery_codes"):
        op.drop_table(table)
    for column in ("totp_failures", "totp_step", "totp_since"):
        op.drop_column("users", column)
    op.execute("ALTER TABLE users RENAME COLUMN totp_salt TO totp_secret")
