"""Make room for drafts written by several, for reminders and for mails.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from consult.foundation.database import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    """Add what the models of this step describe."""
    op.add_column("drafts", sa.Column("written", JSON, nullable=False, server_default=sa.text("'{}'")))
    op.add_column("drafts", sa.Column("former_hash", sa.String(length=64), nullable=True))
    op.add_column(
        "drafts", sa.Column("team_number", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )
    op.add_column("drafts", sa.Column("team_hash", sa.String(length=64), nullable=True))
    op.create_index("uq_drafts_team_hash", "drafts", ["team_hash"], unique=True)
    make_writers()
    make_versions()
    make_mails()


def make_writers() -> None:
    """Make the table of those who write in a shared draft."""
    op.create_table(
        "draft_writers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=True),
        sa.Column("team_number", sa.Integer(), nullable=False),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.Column("slot", sa.String(length=120), nullable=False),
        sa.Column("slot_since", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name=op.f("fk_draft_writers_draft_id_drafts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_writers")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_draft_writers_key_hash")),
    )
    op.create_index(op.f("ix_draft_writers_draft_id"), "draft_writers", ["draft_id"])


def make_versions() -> None:
    """Make the table of words that do not stand."""
    op.create_table(
        "draft_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.String(length=120), nullable=False),
        sa.Column(
            "state",
            sa.Enum("waiting", "replaced", name="draft_version_state", native_enum=False, length=40,
                    create_constraint=True),
            nullable=False,
        ),
        sa.Column("typed", JSON, nullable=False),
        sa.Column("writer_id", sa.Integer(), nullable=True),
        sa.Column("page", sa.String(length=32), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name=op.f("fk_draft_versions_draft_id_drafts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["writer_id"],
            ["draft_writers.id"],
            name=op.f("fk_draft_versions_writer_id_draft_writers"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_versions")),
    )  # fmt: skip
    op.create_index("ix_draft_versions_draft_id", "draft_versions", ["draft_id", "slot"])


def make_mails() -> None:
    """Make the tables of reminders asked for and of mails not yet sent."""
    op.create_table(
        "reminders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=255), nullable=False),
        sa.Column("days_before", sa.Integer(), nullable=False),
        sa.Column("return_code", sa.String(length=26), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("days_before IN (1, 3, 7)", name=op.f("ck_reminders_days_offered")),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name=op.f("fk_reminders_draft_id_drafts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_reminders_draft_id")),
    )
    op.create_table(
        "mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=True),
        sa.Column("queued_at", UtcDateTime(), nullable=False),
        sa.Column("trying_until", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("mails")
    op.drop_table("reminders")
    op.drop_table("draft_versions")
    op.drop_table("draft_writers")
    op.drop_index("uq_drafts_team_hash", table_name="drafts")
    for column in ("team_hash", "team_number", "former_hash", "written"):
        op.drop_column("drafts", column)
