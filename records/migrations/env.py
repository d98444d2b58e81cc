"""What Alembic runs: always on the connection that `records.migrate` hands over."""

from __future__ import annotations

from typing import Literal

from alembic import context

from records.tables import Base


def render_item(type_: str, obj: object, _: object) -> str | Literal[False]:
    """Write our own column types by their names."""
    return "UtcDateTime()" if type_ == "type" and type(obj).__name__ == "UtcDateTime" else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=render_item,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
