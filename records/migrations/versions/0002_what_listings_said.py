"""What each listing said when who is who was last decided."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("memberships", sa.Column("said", sa.String(64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("memberships") as table:
        table.drop_column("said")
