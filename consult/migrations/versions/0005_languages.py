"""Words of an inquiry and its calls in other languages than English, and the languages a call is offered in.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WITH_WORDS = (
    "inquiries",
    "places",
    "respondent_types",
    "calls",
    "sections",
    "questions",
    "options",
    "matrix_rows",
)
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    """Add what the models of this step describe."""
    for table in WITH_WORDS:
        op.add_column(table, sa.Column("translations", JSON, server_default="{}", nullable=False))
    op.add_column("calls", sa.Column("languages", JSON, server_default='["en"]', nullable=False))


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("calls", "languages")
    for table in reversed(WITH_WORDS):
        op.drop_column(table, "translations")
