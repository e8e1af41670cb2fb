"""Make room for passages that the machine suggests to quote on a theme.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

from consult.foundation.database import UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what the models of this step describe."""
    kind = sa.Enum(
        "representative",
        "dissenting",
        name="quote_kind",
        native_enum=False,
        create_constraint=True,
        length=40,
    )
    op.create_table(
        "suggested_quotes",
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("passage_id", sa.Integer(), nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["themes.id"], name=op.f("fk_suggested_quotes_theme_id_themes")
        ),
        sa.ForeignKeyConstraint(
            ["passage_id"], ["passages.id"], name=op.f("fk_suggested_quotes_passage_id_passages")
        ),
        sa.PrimaryKeyConstraint("theme_id", "passage_id", name=op.f("pk_suggested_quotes")),
    )
    op.create_index("ix_suggested_quotes_passage_id", "suggested_quotes", ["passage_id"])


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("suggested_quotes")
