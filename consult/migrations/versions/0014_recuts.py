"""Let a person cut passages anew, and keep in which language each is written.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from consult.foundation.append_only import erasable_guard_statements
from consult.foundation.database import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    """Add what the models of this step describe."""
    op.add_column("passages", sa.Column("language", sa.String(length=8), nullable=True))
    op.create_table(
        "recuts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("source_text_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("before", JSON, nullable=False),
        sa.Column("after", JSON, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        foreign_key("recuts", "inquiry_id", "inquiries"),
        foreign_key("recuts", "source_text_id", "source_texts"),
        foreign_key("recuts", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recuts")),
    )
    op.create_index("ix_recuts_source_text_id", "recuts", ["source_text_id"])
    op.create_table(
        "left_passages",
        sa.Column("passage_id", sa.Integer(), nullable=False),
        sa.Column("recut_id", sa.Integer(), nullable=False),
        foreign_key("left_passages", "passage_id", "passages"),
        foreign_key("left_passages", "recut_id", "recuts"),
        sa.PrimaryKeyConstraint("passage_id", name=op.f("pk_left_passages")),
    )
    op.create_index("ix_left_passages_recut_id", "left_passages", ["recut_id"])
    for statement in erasable_guard_statements(op.get_bind().dialect.name, ("recuts",)):
        op.execute(statement)


def foreign_key(table: str, column: str, of: str) -> sa.ForeignKeyConstraint:
    """Return a foreign key to another table's id, named as the models name it."""
    return sa.ForeignKeyConstraint([column], [f"{of}.id"], name=op.f(f"fk_{table}_{column}_{of}"))


def downgrade() -> None:
    """Take it away again."""
    for table in ("left_passages", "recuts"):
        op.drop_table(table)
    with op.batch_alter_table("passages") as batch:
        batch.drop_column("language")
