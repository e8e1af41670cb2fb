"""Make room for versions.

Revision ID: 0003
Revises: 0002
"""

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what the models of this step describe."""


def downgrade() -> None:
    """Take it away again."""
