"""Make room for attachments: files of drafts and submissions, and the questions of a document's paragraphs.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from consult.foundation.append_only import guard_statements
from consult.foundation.database import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

APPEND_ONLY = ("attachments", "replaced_attachments", "paragraph_proposals", "paragraph_questions")
CHOICES = ("with_name", "without_name", "not_published")
OUTCOMES = ("text", "flagged", "refused")
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
# By hand, so that SQLite need not build the table anew and lose its triggers.
TEXT_OF_ATTACHMENT = (
    "ALTER TABLE source_texts ADD COLUMN attachment_id INTEGER "
    "CONSTRAINT fk_source_texts_attachment_id_attachments REFERENCES attachments (id)"
)


def upgrade() -> None:
    """Add what the models of this step describe."""
    create_attachments()
    create_mapping()
    create_draft_files()
    op.execute(TEXT_OF_ATTACHMENT)
    op.create_index("ix_source_texts_attachment_id", "source_texts", ["attachment_id"])
    for statement in guard_statements(op.get_bind().dialect.name, APPEND_ONLY):
        op.execute(statement)


def create_attachments() -> None:
    """Make the tables of files received with submissions."""
    op.create_table(
        "attachments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                *OUTCOMES, name="extraction_outcome", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("flags", JSON, nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column(
            "publication",
            sa.Enum(
                *CHOICES, name="publication_choice", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_attachments_hash_length")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_attachments_size_counted")),
        foreign_key("attachments", "submission_id", "submissions"),
        foreign_key("attachments", "question_id", "questions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sa.UniqueConstraint("submission_id", "position", name=op.f("uq_attachments_submission_id_position")),
    )
    op.create_index("ix_attachments_sha256", "attachments", ["sha256"])
    op.create_index("ix_attachments_question_id", "attachments", ["question_id"])
    op.create_table(
        "replaced_attachments",
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("version > 1", name=op.f("ck_replaced_attachments_replaced_later")),
        foreign_key("replaced_attachments", "attachment_id", "attachments"),
        sa.PrimaryKeyConstraint("attachment_id", name=op.f("pk_replaced_attachments")),
    )


def create_mapping() -> None:
    """Make the tables of what was proposed and decided about a document's paragraphs."""
    op.create_table(
        "paragraph_proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_text_id", sa.Integer(), nullable=False),
        sa.Column("paragraph", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("score >= 0 AND score <= 1", name=op.f("ck_paragraph_proposals_score_is_a_share")),
        foreign_key("paragraph_proposals", "source_text_id", "source_texts"),
        foreign_key("paragraph_proposals", "question_id", "questions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paragraph_proposals")),
        sa.UniqueConstraint(
            "source_text_id",
            "paragraph",
            "model",
            name=op.f("uq_paragraph_proposals_source_text_id_paragraph_model"),
        ),
    )
    op.create_table(
        "paragraph_questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_text_id", sa.Integer(), nullable=False),
        sa.Column("paragraph", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("proposal_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        foreign_key("paragraph_questions", "source_text_id", "source_texts"),
        foreign_key("paragraph_questions", "question_id", "questions"),
        foreign_key("paragraph_questions", "proposal_id", "paragraph_proposals"),
        foreign_key("paragraph_questions", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paragraph_questions")),
    )
    op.create_index(
        "ix_paragraph_questions_newest", "paragraph_questions", ["source_text_id", "paragraph", "id"]
    )
    op.create_index("ix_paragraph_questions_question_id", "paragraph_questions", ["question_id"])


def create_draft_files() -> None:
    """Make the table of files added to drafts."""
    op.create_table(
        "draft_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=80), nullable=False),
        sa.Column("extraction", JSON, nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_draft_files_hash_length")),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name=op.f("fk_draft_files_draft_id_drafts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_files")),
    )
    op.create_index("ix_draft_files_draft_id", "draft_files", ["draft_id"])
    op.create_index("ix_draft_files_sha256", "draft_files", ["sha256"])


def foreign_key(table: str, column: str, of: str) -> sa.ForeignKeyConstraint:
    """Return a foreign key to another table's id, named as the models name it."""
    return sa.ForeignKeyConstraint([column], [f"{of}.id"], name=op.f(f"fk_{table}_{column}_{of}"))


def downgrade() -> None:
    """Take it away again."""
    op.drop_index("ix_source_texts_attachment_id", "source_texts")
    # On SQLite the table is built anew without the column, its reference and its triggers.
    with op.batch_alter_table("source_texts") as batch:
        batch.drop_column("attachment_id")
    if op.get_bind().dialect.name == "sqlite":
        for statement in guard_statements("sqlite", ("source_texts",)):
            op.execute(statement)
    for table in ("draft_files", "paragraph_questions", "paragraph_proposals", "replaced_attachments"):
        op.drop_table(table)
    op.drop_table("attachments")
