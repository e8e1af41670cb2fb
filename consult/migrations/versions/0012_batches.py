"""Make room for files that a clerk drops together.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from consult.foundation.database import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

FILE_STATES = ("waiting", "read", "refused", "left_out", "stored")
CHANNELS = ("web", "imported", "paper", "email", "telephone", "event")
CHOICES = ("with_name", "without_name", "not_published")
OUTCOMES = ("text", "flagged", "refused")
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    """Add the batches, their files and the documents in those."""
    op.create_table(
        "file_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("drop_key", sa.String(length=64), nullable=False),
        sa.Column("dropped_at", UtcDateTime(), nullable=False),
        foreign_key("file_batches", "inquiry_id", "inquiries"),
        foreign_key("file_batches", "call_id", "calls"),
        foreign_key("file_batches", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_batches")),
        sa.UniqueConstraint("drop_key", name=op.f("uq_file_batches_drop_key")),
    )
    op.create_index("ix_file_batches_inquiry_id", "file_batches", ["inquiry_id"])
    create_files()
    create_documents()


def create_files() -> None:
    """Make the table of submissions to be."""
    op.create_table(
        "batch_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", states("file_state", FILE_STATES), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("organisation", sa.String(length=300), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("respondent_type_id", sa.Integer(), nullable=True),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("channel", states("file_channel", CHANNELS), nullable=False),
        sa.Column("publication", states("file_publication", CHOICES), nullable=False),
        sa.Column("choice_known", sa.Text(), nullable=False),
        sa.Column("why_late", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("words_sha256", sa.String(length=64), nullable=True),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'stored') = (submission_id IS NOT NULL)",
            name=op.f("ck_batch_files_stored_is_a_submission"),
        ),
        foreign_key("batch_files", "batch_id", "file_batches"),
        foreign_key("batch_files", "respondent_type_id", "respondent_types"),
        foreign_key("batch_files", "place_id", "places"),
        foreign_key("batch_files", "submission_id", "submissions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_files")),
        sa.UniqueConstraint("batch_id", "position", name=op.f("uq_batch_files_batch_id_position")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_batch_files_submission_id")),
    )


def create_documents() -> None:
    """Make the table of files as they lie in the store, with their words."""
    op.create_table(
        "batch_documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("outcome", states("document_outcome", OUTCOMES), nullable=True),
        sa.Column("flags", JSON, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_batch_documents_hash_length")),
        foreign_key("batch_documents", "file_id", "batch_files"),
        foreign_key("batch_documents", "question_id", "questions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_documents")),
        sa.UniqueConstraint("file_id", "position", name=op.f("uq_batch_documents_file_id_position")),
    )
    op.create_index("ix_batch_documents_sha256", "batch_documents", ["sha256"])


def states(name: str, values: tuple[str, ...]) -> sa.Enum:
    """Return a column type of named values with its CHECK."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def foreign_key(table: str, column: str, of: str) -> sa.ForeignKeyConstraint:
    """Return a foreign key to another table's id, named as the models name it."""
    return sa.ForeignKeyConstraint([column], [f"{of}.id"], name=op.f(f"fk_{table}_{column}_{of}"))


def downgrade() -> None:
    """Take it away again."""
    for table in ("batch_documents", "batch_files", "file_batches"):
        op.drop_table(table)
