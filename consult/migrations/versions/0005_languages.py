"""Make room for languages.

Revision ID: 0005
Revises: 0004
"""

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what the models of this step describe."""


def downgrade() -> None:
    """Take it away again."""
