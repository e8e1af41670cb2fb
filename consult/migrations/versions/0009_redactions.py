"""Make room for redactions, the proposals for them, and what was published.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from consult.foundation.append_only import guard_statements
from consult.foundation.database import UtcDateTime

APPEND_ONLY = (
    "redaction_proposals",
    "redactions",
    "redaction_decisions",
    "publication_batches",
    "published_submissions",
    "published_parts",
    "withheld_spans",
    "publication_withdrawals",
)
GROUNDS = (
    "name",
    "third_party",
    "email",
    "telephone",
    "postcode",
    "address",
    "nhs_number",
    "ni_number",
    "date_of_birth",
    "vehicle",
    "health",
    "confidential",
    "legal",
    "other",
)

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def ground() -> sa.Enum:
    """Return the type of a column that says why words are withheld."""
    return sa.Enum(*GROUNDS, name="ground", native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "publication_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("passed_over", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiries.id"], name=op.f("fk_publication_batches_inquiry_id_inquiries")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_publication_batches_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_batches")),
    )
    with op.batch_alter_table("publication_batches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_publication_batches_inquiry_id"), ["inquiry_id"], unique=False)

    op.create_table(
        "redaction_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("recogniser", sa.String(length=80), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column(
            "settings",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiries.id"], name=op.f("fk_redaction_runs_inquiry_id_inquiries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redaction_runs")),
    )
    with op.batch_alter_table("redaction_runs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_redaction_runs_inquiry_id"), ["inquiry_id"], unique=False)

    op.create_table(
        "published_submissions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_published_submissions_versions_from_one")),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["publication_batches.id"],
            name=op.f("fk_published_submissions_batch_id_publication_batches"),
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_published_submissions_submission_id_submissions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_submissions")),
        sa.UniqueConstraint(
            "submission_id", "version", name=op.f("uq_published_submissions_submission_id_version")
        ),
    )
    with op.batch_alter_table("published_submissions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_published_submissions_batch_id"), ["batch_id"], unique=False)

    op.create_table(
        "publication_withdrawals",
        sa.Column("published_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["published_id"],
            ["published_submissions.id"],
            name=op.f("fk_publication_withdrawals_published_id_published_submissions"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_publication_withdrawals_user_id_users")
        ),
        sa.PrimaryKeyConstraint("published_id", name=op.f("pk_publication_withdrawals")),
    )
    op.create_table(
        "published_parts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("published_id", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=True),
        sa.Column("source_text_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(answer_id IS NULL) <> (source_text_id IS NULL)", name=op.f("ck_published_parts_answer_or_text")
        ),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answers.id"], name=op.f("fk_published_parts_answer_id_answers")
        ),
        sa.ForeignKeyConstraint(
            ["published_id"],
            ["published_submissions.id"],
            name=op.f("fk_published_parts_published_id_published_submissions"),
        ),
        sa.ForeignKeyConstraint(
            ["source_text_id"],
            ["source_texts.id"],
            name=op.f("fk_published_parts_source_text_id_source_texts"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_parts")),
        sa.UniqueConstraint(
            "published_id", "answer_id", name=op.f("uq_published_parts_published_id_answer_id")
        ),
        sa.UniqueConstraint(
            "published_id", "source_text_id", name=op.f("uq_published_parts_published_id_source_text_id")
        ),
    )
    with op.batch_alter_table("published_parts", schema=None) as batch_op:
        batch_op.create_index("ix_published_parts_text", ["source_text_id"], unique=False)

    op.create_table(
        "published_words",
        sa.Column("source_text_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_text_id"],
            ["source_texts.id"],
            name=op.f("fk_published_words_source_text_id_source_texts"),
        ),
        sa.PrimaryKeyConstraint("source_text_id", name=op.f("pk_published_words")),
    )
    op.create_table(
        "redaction_proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("source_text_id", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("ground", ground(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "score >= 0 AND score <= 1", name=op.f("ck_redaction_proposals_score_is_probability")
        ),
        sa.CheckConstraint('start >= 0 AND "end" > start', name=op.f("ck_redaction_proposals_span_in_order")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["redaction_runs.id"], name=op.f("fk_redaction_proposals_run_id_redaction_runs")
        ),
        sa.ForeignKeyConstraint(
            ["source_text_id"],
            ["source_texts.id"],
            name=op.f("fk_redaction_proposals_source_text_id_source_texts"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redaction_proposals")),
        sa.UniqueConstraint(
            "source_text_id", "start", "end", name=op.f("uq_redaction_proposals_source_text_id_start_end")
        ),
    )
    with op.batch_alter_table("redaction_proposals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_redaction_proposals_run_id"), ["run_id"], unique=False)

    op.create_table(
        "redaction_readings",
        sa.Column("source_text_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["redaction_runs.id"], name=op.f("fk_redaction_readings_run_id_redaction_runs")
        ),
        sa.ForeignKeyConstraint(
            ["source_text_id"],
            ["source_texts.id"],
            name=op.f("fk_redaction_readings_source_text_id_source_texts"),
        ),
        sa.PrimaryKeyConstraint("source_text_id", name=op.f("pk_redaction_readings")),
    )
    with op.batch_alter_table("redaction_readings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_redaction_readings_run_id"), ["run_id"], unique=False)

    op.create_table(
        "redactions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("source_text_id", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("ground", ground(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint('start >= 0 AND "end" > start', name=op.f("ck_redactions_span_in_order")),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiries.id"], name=op.f("fk_redactions_inquiry_id_inquiries")
        ),
        sa.ForeignKeyConstraint(
            ["source_text_id"], ["source_texts.id"], name=op.f("fk_redactions_source_text_id_source_texts")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_redactions_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redactions")),
    )
    with op.batch_alter_table("redactions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_redactions_inquiry_id"), ["inquiry_id"], unique=False)
        batch_op.create_index("ix_redactions_text", ["source_text_id", "start"], unique=False)

    op.create_table(
        "withheld_spans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("published_id", sa.Integer(), nullable=False),
        sa.Column("source_text_id", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("ground", ground(), nullable=False),
        sa.CheckConstraint('start >= 0 AND "end" > start', name=op.f("ck_withheld_spans_span_in_order")),
        sa.ForeignKeyConstraint(
            ["published_id"],
            ["published_submissions.id"],
            name=op.f("fk_withheld_spans_published_id_published_submissions"),
        ),
        sa.ForeignKeyConstraint(
            ["source_text_id"],
            ["source_texts.id"],
            name=op.f("fk_withheld_spans_source_text_id_source_texts"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withheld_spans")),
        sa.UniqueConstraint(
            "published_id",
            "source_text_id",
            "start",
            name=op.f("uq_withheld_spans_published_id_source_text_id_start"),
        ),
    )
    with op.batch_alter_table("withheld_spans", schema=None) as batch_op:
        batch_op.create_index("ix_withheld_spans_text", ["source_text_id", "start"], unique=False)

    op.create_table(
        "redaction_decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("source_text_id", sa.Integer(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "withhold",
                "release",
                "undo",
                name="redaction_verdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("redaction_id", sa.Integer(), nullable=True),
        sa.Column("proposal_id", sa.Integer(), nullable=True),
        sa.Column("confidence_id", sa.Integer(), nullable=True),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("act_key", sa.String(length=64), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "(verdict = 'undo') = (undoes_id IS NOT NULL)",
            name=op.f("ck_redaction_decisions_undo_names_decision"),
        ),
        sa.CheckConstraint(
            "(verdict = 'withhold') = (redaction_id IS NOT NULL)",
            name=op.f("ck_redaction_decisions_withhold_makes_redaction"),
        ),
        sa.CheckConstraint(
            "verdict <> 'release' OR confidence_id IS NULL OR why <> ''",
            name=op.f("ck_redaction_decisions_breaking_a_confidence_has_reason"),
        ),
        sa.CheckConstraint(
            "verdict <> 'release' OR proposal_id IS NOT NULL OR confidence_id IS NOT NULL",
            name=op.f("ck_redaction_decisions_release_names_words"),
        ),
        sa.ForeignKeyConstraint(
            ["confidence_id"],
            ["confidential_passages.id"],
            name=op.f("fk_redaction_decisions_confidence_id_confidential_passages"),
        ),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiries.id"], name=op.f("fk_redaction_decisions_inquiry_id_inquiries")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["redaction_proposals.id"],
            name=op.f("fk_redaction_decisions_proposal_id_redaction_proposals"),
        ),
        sa.ForeignKeyConstraint(
            ["redaction_id"], ["redactions.id"], name=op.f("fk_redaction_decisions_redaction_id_redactions")
        ),
        sa.ForeignKeyConstraint(
            ["source_text_id"],
            ["source_texts.id"],
            name=op.f("fk_redaction_decisions_source_text_id_source_texts"),
        ),
        sa.ForeignKeyConstraint(
            ["undoes_id"],
            ["redaction_decisions.id"],
            name=op.f("fk_redaction_decisions_undoes_id_redaction_decisions"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_redaction_decisions_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redaction_decisions")),
        sa.UniqueConstraint("act_key", name=op.f("uq_redaction_decisions_act_key")),
        sa.UniqueConstraint("redaction_id", name=op.f("uq_redaction_decisions_redaction_id")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_redaction_decisions_undoes_id")),
    )
    with op.batch_alter_table("redaction_decisions", schema=None) as batch_op:
        batch_op.create_index("ix_redaction_decisions_confidential", ["confidence_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_redaction_decisions_inquiry_id"), ["inquiry_id"], unique=False)
        batch_op.create_index("ix_redaction_decisions_proposal", ["proposal_id"], unique=False)
        batch_op.create_index("ix_redaction_decisions_text", ["source_text_id", "id"], unique=False)

    for statement in guard_statements(op.get_bind().dialect.name, APPEND_ONLY):
        op.execute(statement)


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("redaction_decisions", schema=None) as batch_op:
        batch_op.drop_index("ix_redaction_decisions_text")
        batch_op.drop_index("ix_redaction_decisions_proposal")
        batch_op.drop_index(batch_op.f("ix_redaction_decisions_inquiry_id"))
        batch_op.drop_index("ix_redaction_decisions_confidential")

    op.drop_table("redaction_decisions")
    with op.batch_alter_table("withheld_spans", schema=None) as batch_op:
        batch_op.drop_index("ix_withheld_spans_text")

    op.drop_table("withheld_spans")
    with op.batch_alter_table("redactions", schema=None) as batch_op:
        batch_op.drop_index("ix_redactions_text")
        batch_op.drop_index(batch_op.f("ix_redactions_inquiry_id"))

    op.drop_table("redactions")
    with op.batch_alter_table("redaction_readings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_redaction_readings_run_id"))

    op.drop_table("redaction_readings")
    with op.batch_alter_table("redaction_proposals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_redaction_proposals_run_id"))

    op.drop_table("redaction_proposals")
    op.drop_table("published_words")
    with op.batch_alter_table("published_parts", schema=None) as batch_op:
        batch_op.drop_index("ix_published_parts_text")

    op.drop_table("published_parts")
    op.drop_table("publication_withdrawals")
    with op.batch_alter_table("published_submissions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_published_submissions_batch_id"))

    op.drop_table("published_submissions")
    with op.batch_alter_table("redaction_runs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_redaction_runs_inquiry_id"))

    op.drop_table("redaction_runs")
    with op.batch_alter_table("publication_batches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_publication_batches_inquiry_id"))

    op.drop_table("publication_batches")
