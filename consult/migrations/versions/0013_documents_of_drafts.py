"""Let a call take documents beside its answers, and a draft say who added each.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what the models of this step describe."""
    with op.batch_alter_table("calls") as batch:
        batch.add_column(sa.Column("most_documents", sa.Integer(), nullable=False, server_default="0"))
        batch.create_check_constraint("documents_counted", "most_documents >= 0 AND most_documents <= 20")
    with op.batch_alter_table("draft_files") as batch:
        batch.add_column(sa.Column("writer_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            "fk_draft_files_writer_id_draft_writers",
            "draft_writers",
            ["writer_id"],
            ["id"],
            ondelete="SET NULL",
        )


def downgrade() -> None:
    """Take it away again."""
    with op.batch_alter_table("draft_files") as batch:
        batch.drop_constraint("fk_draft_files_writer_id_draft_writers", type_="foreignkey")
        batch.drop_column("writer_id")
    with op.batch_alter_table("calls") as batch:
        batch.drop_constraint("documents_counted", type_="check")
        batch.drop_column("most_documents")
