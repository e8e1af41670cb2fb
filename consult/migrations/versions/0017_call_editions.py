"""Name the present edition of what calls ask, anew with each change, so that it can be kept in memory.

Revision ID: 0017
Revises: 0016
"""

import secrets

import sqlalchemy as sa
from alembic import op

from consult.foundation.editions import edition_statements, undo_edition_statements

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

EDITIONS = "call_editions"
ASKED = (
    *("questions", "options", "matrix_rows", "question_conditions", "sections", "places"),
    "respondent_types",
)


def upgrade() -> None:
    """Add the edition, and the triggers that make it another."""
    op.create_table(
        EDITIONS,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(32), nullable=False),
        sa.CheckConstraint("id = 1", name="only_one"),
        sa.PrimaryKeyConstraint("id", name="pk_call_editions"),
    )
    names = sa.table(EDITIONS, sa.column("id"), sa.column("token"))
    op.execute(names.insert().values(id=1, token=secrets.token_hex(16)))
    for statement in edition_statements(op.get_bind().dialect.name, EDITIONS, ASKED):
        op.execute(statement)


def downgrade() -> None:
    """Take it away again."""
    for statement in undo_edition_statements(op.get_bind().dialect.name, EDITIONS, ASKED):
        op.execute(statement)
    op.drop_table(EDITIONS)
