"""Jobs come in rounds, stage by stage; a source may be paused."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from records.tables import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("round_id", sa.String(32), nullable=True))
    op.add_column("jobs", sa.Column("stage", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_jobs_round_id", "jobs", ["round_id"])
    op.create_table(
        "pauses",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", name="pk_pauses"),
    )


def downgrade() -> None:
    op.drop_table("pauses")
    op.drop_index("ix_jobs_round_id", "jobs")
    with op.batch_alter_table("jobs") as jobs:
        jobs.drop_column("stage")
        jobs.drop_column("round_id")
