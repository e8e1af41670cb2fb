"""Every table of the first release, the search index and the append-only guards."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from consult.foundation.append_only import guard_statements
from consult.foundation.database import UtcDateTime

APPEND_ONLY = (
    "audit_events",
    "answers",
    "answer_choices",
    "source_texts",
    "codebook_versions",
    "suggestions",
    "decisions",
    "codings",
    "coding_withdrawals",
)
SQLITE_SEARCH = """
CREATE VIRTUAL TABLE search_texts USING fts5(
    body, content='source_texts', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2'
)
"""
POSTGRES_SEARCH = """
CREATE TABLE search_texts (
    source_text_id integer PRIMARY KEY REFERENCES source_texts (id),
    document tsvector NOT NULL
)
"""

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "audit_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column(
            "actor_kind",
            sa.Enum(
                "member",
                "respondent",
                "system",
                name="actor_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("verb", sa.String(length=80), nullable=False),
        sa.Column("record_kind", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column(
            "detail",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("length(hash) = 64", name=op.f("ck_audit_events_hash_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.create_index("ix_audit_events_chain", ["inquiry_id", "id"], unique=False)
        batch_op.create_index("ix_audit_events_record", ["record_kind", "record_id"], unique=False)
        batch_op.create_index(
            "uq_audit_events_previous_hash",
            ["inquiry_id", "previous_hash"],
            unique=True,
        )

    op.create_table(
        "inquiries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("reference_prefix", sa.String(length=8), nullable=False),
        sa.Column("last_reference", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("last_reference >= 0", name=op.f("ck_inquiries_reference_counted")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiries")),
        sa.UniqueConstraint("slug", name=op.f("uq_inquiries_slug")),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "name",
            sa.Enum(
                "submissions_received",
                "suggestions_wanted",
                name="job_name",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "done",
                "failed",
                "cancelled",
                name="job_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("inquiry_id", sa.Integer(), nullable=True),
        sa.Column("requested_by", sa.Integer(), nullable=True),
        sa.Column(
            "arguments",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("cancel_wanted", sa.Boolean(), nullable=False),
        sa.Column("progress_done", sa.Integer(), nullable=False),
        sa.Column("progress_total", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("lease_token", sa.String(length=32), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("queued_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(state = 'running') = (lease_token IS NOT NULL)",
            name=op.f("ck_jobs_running_has_lease"),
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_jobs_attempts_counted")),
        sa.CheckConstraint("progress_done >= 0", name=op.f("ck_jobs_progress_counted")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index("ix_jobs_inquiry_id", ["inquiry_id", "id"], unique=False)
        batch_op.create_index("ix_jobs_waiting", ["state", "lease_until"], unique=False)

    op.create_table(
        "sign_in_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempts")),
    )
    with op.batch_alter_table("sign_in_attempts", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_attempts_account", ["account", "at"], unique=False)
        batch_op.create_index("ix_sign_in_attempts_address", ["address", "at"], unique=False)
        batch_op.create_index("ix_sign_in_attempts_at", ["at"], unique=False)

    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_users_fs_uniquifier")),
    )
    op.create_table(
        "codebooks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_codebooks_inquiry_id_inquiries"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_codebooks")),
        sa.UniqueConstraint("inquiry_id", name=op.f("uq_codebooks_inquiry_id")),
    )
    op.create_table(
        "memberships",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "administrator",
                "clerk",
                "analyst",
                "chair",
                "commissioner",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_memberships_inquiry_id_inquiries"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_memberships_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint(
            "inquiry_id",
            "user_id",
            "role",
            name=op.f("uq_memberships_inquiry_id_user_id_role"),
        ),
    )
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_memberships_user_id"), ["user_id"], unique=False)

    op.create_table(
        "phases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_phases_inquiry_id_inquiries"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phases")),
        sa.UniqueConstraint("inquiry_id", "slug", name=op.f("uq_phases_inquiry_id_slug")),
    )
    op.create_table(
        "places",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_places_inquiry_id_inquiries"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_places")),
        sa.UniqueConstraint("inquiry_id", "slug", name=op.f("uq_places_inquiry_id_slug")),
    )
    op.create_table(
        "respondent_types",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_respondent_types_inquiry_id_inquiries"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_respondent_types")),
        sa.UniqueConstraint("inquiry_id", "slug", name=op.f("uq_respondent_types_inquiry_id_slug")),
    )
    op.create_table(
        "respondents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("organisation", sa.String(length=300), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_respondents_inquiry_id_inquiries"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_respondents")),
    )
    with op.batch_alter_table("respondents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_respondents_inquiry_id"), ["inquiry_id"], unique=False)

    op.create_table(
        "themes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_themes_inquiry_id_inquiries"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_themes")),
        sa.UniqueConstraint("inquiry_id", "slug", name=op.f("uq_themes_inquiry_id_slug")),
    )
    op.create_table(
        "calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("phase_id", sa.Integer(), nullable=True),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("what_happens", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "published",
                "closed",
                name="call_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("opens_at", UtcDateTime(), nullable=False),
        sa.Column("closes_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_calls_closes_after_opening")),
        sa.ForeignKeyConstraint(["inquiry_id"], ["inquiries.id"], name=op.f("fk_calls_inquiry_id_inquiries")),
        sa.ForeignKeyConstraint(["phase_id"], ["phases.id"], name=op.f("fk_calls_phase_id_phases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sa.UniqueConstraint("inquiry_id", "slug", name=op.f("uq_calls_inquiry_id_slug")),
    )
    op.create_table(
        "codebook_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("codebook_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column(
            "content",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("frozen_at", UtcDateTime(), nullable=False),
        sa.Column("frozen_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["codebook_id"],
            ["codebooks.id"],
            name=op.f("fk_codebook_versions_codebook_id_codebooks"),
        ),
        sa.ForeignKeyConstraint(
            ["frozen_by"],
            ["users.id"],
            name=op.f("fk_codebook_versions_frozen_by_users"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_codebook_versions")),
        sa.UniqueConstraint(
            "codebook_id",
            "number",
            name=op.f("uq_codebook_versions_codebook_id_number"),
        ),
    )
    op.create_table(
        "codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("codebook_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("include", sa.Text(), nullable=False),
        sa.Column("exclude", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "active",
                "retired",
                name="code_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "parent_id IS NULL OR parent_id <> id",
            name=op.f("ck_codes_not_its_own_parent"),
        ),
        sa.ForeignKeyConstraint(
            ["codebook_id"],
            ["codebooks.id"],
            name=op.f("fk_codes_codebook_id_codebooks"),
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["codes.id"], name=op.f("fk_codes_parent_id_codes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_codes")),
        sa.UniqueConstraint("codebook_id", "slug", name=op.f("uq_codes_codebook_id_slug")),
    )
    with op.batch_alter_table("codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_codes_codebook_id"), ["codebook_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_codes_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "code_examples",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["code_id"], ["codes.id"], name=op.f("fk_code_examples_code_id_codes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_examples")),
    )
    with op.batch_alter_table("code_examples", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_code_examples_code_id"), ["code_id"], unique=False)

    op.create_table(
        "model_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("codebook_version_id", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("model_version", sa.String(length=40), nullable=False),
        sa.Column(
            "settings",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("data_sha256", sa.String(length=64), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("decided", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["codebook_version_id"],
            ["codebook_versions.id"],
            name=op.f("fk_model_runs_codebook_version_id_codebook_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_model_runs_inquiry_id_inquiries"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_runs")),
    )
    with op.batch_alter_table("model_runs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_model_runs_inquiry_id"), ["inquiry_id"], unique=False)

    op.create_table(
        "questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "free_text",
                "single",
                "several",
                "scale",
                "number",
                "place",
                name="question_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("minimum", sa.Integer(), nullable=True),
        sa.Column("maximum", sa.Integer(), nullable=True),
        sa.Column("minimum_meaning", sa.String(length=200), nullable=False),
        sa.Column("maximum_meaning", sa.String(length=200), nullable=False),
        sa.Column("word_limit", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "minimum IS NULL OR maximum IS NULL OR minimum <= maximum",
            name=op.f("ck_questions_bounds_in_order"),
        ),
        sa.CheckConstraint(
            "word_limit IS NULL OR word_limit > 0",
            name=op.f("ck_questions_word_limit_positive"),
        ),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_questions_call_id_calls")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint("call_id", "number", name=op.f("uq_questions_call_id_number")),
        sa.UniqueConstraint("call_id", "slug", name=op.f("uq_questions_call_id_slug")),
    )
    op.create_table(
        "submissions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("respondent_id", sa.Integer(), nullable=False),
        sa.Column("respondent_type_id", sa.Integer(), nullable=True),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column(
            "publication",
            sa.Enum(
                "with_name",
                "without_name",
                "not_published",
                name="publication_choice",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "new",
                "accepted",
                "out_of_scope",
                name="submission_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "web",
                "imported",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("word_count", sa.Integer(), nullable=False),
        sa.Column("send_key", sa.String(length=64), nullable=True),
        sa.Column("external_key", sa.String(length=400), nullable=True),
        sa.Column("receipt_hash", sa.String(length=64), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_submissions_call_id_calls")),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_submissions_inquiry_id_inquiries"),
        ),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_submissions_place_id_places")),
        sa.ForeignKeyConstraint(
            ["respondent_id"],
            ["respondents.id"],
            name=op.f("fk_submissions_respondent_id_respondents"),
        ),
        sa.ForeignKeyConstraint(
            ["respondent_type_id"],
            ["respondent_types.id"],
            name=op.f("fk_submissions_respondent_type_id_respondent_types"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submissions")),
        sa.UniqueConstraint("call_id", "external_key", name=op.f("uq_submissions_call_id_external_key")),
        sa.UniqueConstraint("inquiry_id", "reference", name=op.f("uq_submissions_inquiry_id_reference")),
        sa.UniqueConstraint("send_key", name=op.f("uq_submissions_send_key")),
    )
    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_submissions_call_id"), ["call_id"], unique=False)
        batch_op.create_index(
            "ix_submissions_facets",
            ["inquiry_id", "respondent_type_id", "place_id"],
            unique=False,
        )
        batch_op.create_index("ix_submissions_reading_room", ["inquiry_id", "state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_submissions_receipt_hash"), ["receipt_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_submissions_respondent_id"), ["respondent_id"], unique=False)

    op.create_table(
        "theme_codes",
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("code_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["code_id"], ["codes.id"], name=op.f("fk_theme_codes_code_id_codes")),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], name=op.f("fk_theme_codes_theme_id_themes")),
        sa.PrimaryKeyConstraint("theme_id", "code_id", name=op.f("pk_theme_codes")),
    )
    with op.batch_alter_table("theme_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_theme_codes_code_id"), ["code_id"], unique=False)

    op.create_table(
        "answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_answers_place_id_places")),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["questions.id"],
            name=op.f("fk_answers_question_id_questions"),
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_answers_submission_id_submissions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
        sa.UniqueConstraint(
            "submission_id",
            "question_id",
            name=op.f("uq_answers_submission_id_question_id"),
        ),
    )
    with op.batch_alter_table("answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answers_question_id"), ["question_id"], unique=False)

    op.create_table(
        "drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("send_key", sa.String(length=64), nullable=False),
        sa.Column(
            "answers",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "about",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_drafts_call_id_calls")),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_drafts_submission_id_submissions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_drafts_code_hash")),
        sa.UniqueConstraint("send_key", name=op.f("uq_drafts_send_key")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_drafts_submission_id")),
    )
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drafts_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_drafts_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "options",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["questions.id"],
            name=op.f("fk_options_question_id_questions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_options")),
        sa.UniqueConstraint("question_id", "position", name=op.f("uq_options_question_id_position")),
    )
    op.create_table(
        "answer_choices",
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("option_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"],
            ["answers.id"],
            name=op.f("fk_answer_choices_answer_id_answers"),
        ),
        sa.ForeignKeyConstraint(
            ["option_id"],
            ["options.id"],
            name=op.f("fk_answer_choices_option_id_options"),
        ),
        sa.PrimaryKeyConstraint("answer_id", "option_id", name=op.f("pk_answer_choices")),
    )
    with op.batch_alter_table("answer_choices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_choices_option_id"), ["option_id"], unique=False)

    op.create_table(
        "source_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("first_paragraph", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.CheckConstraint("first_paragraph >= 1", name=op.f("ck_source_texts_paragraphs_from_one")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_source_texts_hash_length")),
        sa.ForeignKeyConstraint(
            ["answer_id"],
            ["answers.id"],
            name=op.f("fk_source_texts_answer_id_answers"),
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_source_texts_submission_id_submissions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_texts")),
        sa.UniqueConstraint(
            "submission_id",
            "position",
            name=op.f("uq_source_texts_submission_id_position"),
        ),
    )
    with op.batch_alter_table("source_texts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_source_texts_answer_id"), ["answer_id"], unique=False)

    op.create_table(
        "passages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("source_text_id", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("paragraph", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "cut",
                "selected",
                name="passage_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("cut_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint('length(quote) = "end" - start', name=op.f("ck_passages_quote_fills_span")),
        sa.CheckConstraint('start >= 0 AND "end" > start', name=op.f("ck_passages_span_in_order")),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_passages_inquiry_id_inquiries"),
        ),
        sa.ForeignKeyConstraint(
            ["source_text_id"],
            ["source_texts.id"],
            name=op.f("fk_passages_source_text_id_source_texts"),
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_passages_submission_id_submissions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passages")),
        sa.UniqueConstraint(
            "source_text_id",
            "start",
            "end",
            name=op.f("uq_passages_source_text_id_start_end"),
        ),
    )
    with op.batch_alter_table("passages", schema=None) as batch_op:
        batch_op.create_index("ix_passages_queue", ["inquiry_id", "kind", "id"], unique=False)
        batch_op.create_index(
            "ix_passages_submission",
            ["submission_id", "source_text_id", "start"],
            unique=False,
        )

    op.create_table(
        "latest_runs",
        sa.Column("passage_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("suggested", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["passage_id"],
            ["passages.id"],
            name=op.f("fk_latest_runs_passage_id_passages"),
        ),
        sa.ForeignKeyConstraint(["run_id"], ["model_runs.id"], name=op.f("fk_latest_runs_run_id_model_runs")),
        sa.PrimaryKeyConstraint("passage_id", name=op.f("pk_latest_runs")),
    )
    with op.batch_alter_table("latest_runs", schema=None) as batch_op:
        batch_op.create_index("ix_latest_runs_run_id", ["run_id"], unique=False)

    op.create_table(
        "suggestions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("passage_id", sa.Integer(), nullable=False),
        sa.Column("code_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column(
            "reasons",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("from_definition", sa.Boolean(), nullable=False),
        sa.CheckConstraint("rank >= 1", name=op.f("ck_suggestions_rank_from_one")),
        sa.CheckConstraint(
            "score >= 0 AND score <= 1",
            name=op.f("ck_suggestions_score_is_probability"),
        ),
        sa.ForeignKeyConstraint(["code_id"], ["codes.id"], name=op.f("fk_suggestions_code_id_codes")),
        sa.ForeignKeyConstraint(
            ["passage_id"],
            ["passages.id"],
            name=op.f("fk_suggestions_passage_id_passages"),
        ),
        sa.ForeignKeyConstraint(["run_id"], ["model_runs.id"], name=op.f("fk_suggestions_run_id_model_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestions")),
        sa.UniqueConstraint(
            "passage_id",
            "run_id",
            "code_id",
            name=op.f("uq_suggestions_passage_id_run_id_code_id"),
        ),
    )
    with op.batch_alter_table("suggestions", schema=None) as batch_op:
        batch_op.create_index("ix_suggestions_code", ["code_id", "run_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_suggestions_run_id"), ["run_id"], unique=False)

    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("suggestion_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "accept",
                "reject",
                "replace",
                "skip",
                "undo",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("replacement_id", sa.Integer(), nullable=True),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.Column("act_key", sa.String(length=64), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "(verdict = 'replace') = (replacement_id IS NOT NULL)",
            name=op.f("ck_decisions_replace_names_code"),
        ),
        sa.CheckConstraint(
            "(verdict = 'undo') = (undoes_id IS NOT NULL)",
            name=op.f("ck_decisions_undo_names_decision"),
        ),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_decisions_inquiry_id_inquiries"),
        ),
        sa.ForeignKeyConstraint(
            ["replacement_id"],
            ["codes.id"],
            name=op.f("fk_decisions_replacement_id_codes"),
        ),
        sa.ForeignKeyConstraint(
            ["suggestion_id"],
            ["suggestions.id"],
            name=op.f("fk_decisions_suggestion_id_suggestions"),
        ),
        sa.ForeignKeyConstraint(
            ["undoes_id"],
            ["decisions.id"],
            name=op.f("fk_decisions_undoes_id_decisions"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_decisions_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("act_key", name=op.f("uq_decisions_act_key")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_decisions_undoes_id")),
    )
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.create_index("ix_decisions_suggestion", ["suggestion_id", "id"], unique=False)
        batch_op.create_index("ix_decisions_user", ["inquiry_id", "user_id", "id"], unique=False)

    op.create_table(
        "codings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("passage_id", sa.Integer(), nullable=False),
        sa.Column("code_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "origin",
            sa.Enum(
                "accepted suggestion",
                "replaced suggestion",
                "own reading",
                name="coding_origin",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("act_key", sa.String(length=64), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "(origin = 'own reading') = (decision_id IS NULL)",
            name=op.f("ck_codings_origin_matches_decision"),
        ),
        sa.ForeignKeyConstraint(["code_id"], ["codes.id"], name=op.f("fk_codings_code_id_codes")),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["decisions.id"],
            name=op.f("fk_codings_decision_id_decisions"),
        ),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_codings_inquiry_id_inquiries"),
        ),
        sa.ForeignKeyConstraint(["passage_id"], ["passages.id"], name=op.f("fk_codings_passage_id_passages")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_codings_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_codings")),
        sa.UniqueConstraint("act_key", name=op.f("uq_codings_act_key")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_codings_decision_id")),
    )
    with op.batch_alter_table("codings", schema=None) as batch_op:
        batch_op.create_index("ix_codings_code", ["code_id", "passage_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_codings_inquiry_id"), ["inquiry_id"], unique=False)
        batch_op.create_index("ix_codings_passage", ["passage_id", "code_id"], unique=False)

    op.create_table(
        "coding_withdrawals",
        sa.Column("coding_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coding_id"],
            ["codings.id"],
            name=op.f("fk_coding_withdrawals_coding_id_codings"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_coding_withdrawals_user_id_users")),
        sa.PrimaryKeyConstraint("coding_id", name=op.f("pk_coding_withdrawals")),
    )
    dialect = op.get_bind().dialect.name
    op.execute(SQLITE_SEARCH if dialect == "sqlite" else POSTGRES_SEARCH)
    if dialect == "postgresql":
        op.execute("CREATE INDEX ix_search_texts_document ON search_texts USING gin (document)")
    for statement in guard_statements(dialect, APPEND_ONLY):
        op.execute(statement)


def downgrade() -> None:
    """Undo."""
    op.execute("DROP TABLE search_texts")
    op.drop_table("coding_withdrawals")
    with op.batch_alter_table("codings", schema=None) as batch_op:
        batch_op.drop_index("ix_codings_passage")
        batch_op.drop_index(batch_op.f("ix_codings_inquiry_id"))
        batch_op.drop_index("ix_codings_code")

    op.drop_table("codings")
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.drop_index("ix_decisions_user")
        batch_op.drop_index("ix_decisions_suggestion")

    op.drop_table("decisions")
    with op.batch_alter_table("suggestions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_suggestions_run_id"))
        batch_op.drop_index("ix_suggestions_code")

    op.drop_table("suggestions")
    with op.batch_alter_table("latest_runs", schema=None) as batch_op:
        batch_op.drop_index("ix_latest_runs_run_id")

    op.drop_table("latest_runs")
    with op.batch_alter_table("passages", schema=None) as batch_op:
        batch_op.drop_index("ix_passages_submission")
        batch_op.drop_index("ix_passages_queue")

    op.drop_table("passages")
    with op.batch_alter_table("source_texts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_source_texts_answer_id"))

    op.drop_table("source_texts")
    with op.batch_alter_table("answer_choices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answer_choices_option_id"))

    op.drop_table("answer_choices")
    op.drop_table("options")
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_drafts_expires_at"))
        batch_op.drop_index(batch_op.f("ix_drafts_call_id"))

    op.drop_table("drafts")
    with op.batch_alter_table("answers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answers_question_id"))

    op.drop_table("answers")
    with op.batch_alter_table("theme_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_theme_codes_code_id"))

    op.drop_table("theme_codes")
    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_submissions_respondent_id"))
        batch_op.drop_index(batch_op.f("ix_submissions_receipt_hash"))
        batch_op.drop_index("ix_submissions_reading_room")
        batch_op.drop_index("ix_submissions_facets")
        batch_op.drop_index(batch_op.f("ix_submissions_call_id"))

    op.drop_table("submissions")
    op.drop_table("questions")
    with op.batch_alter_table("model_runs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_model_runs_inquiry_id"))

    op.drop_table("model_runs")
    with op.batch_alter_table("code_examples", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_code_examples_code_id"))

    op.drop_table("code_examples")
    with op.batch_alter_table("codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_codes_parent_id"))
        batch_op.drop_index(batch_op.f("ix_codes_codebook_id"))

    op.drop_table("codes")
    op.drop_table("codebook_versions")
    op.drop_table("calls")
    op.drop_table("themes")
    with op.batch_alter_table("respondents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_respondents_inquiry_id"))

    op.drop_table("respondents")
    op.drop_table("respondent_types")
    op.drop_table("places")
    op.drop_table("phases")
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_memberships_user_id"))

    op.drop_table("memberships")
    op.drop_table("codebooks")
    op.drop_table("users")
    with op.batch_alter_table("sign_in_attempts", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_attempts_at")
        batch_op.drop_index("ix_sign_in_attempts_address")
        batch_op.drop_index("ix_sign_in_attempts_account")

    op.drop_table("sign_in_attempts")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index("ix_jobs_waiting")
        batch_op.drop_index("ix_jobs_inquiry_id")

    op.drop_table("jobs")
    op.drop_table("inquiries")
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.drop_index("uq_audit_events_previous_hash")
        batch_op.drop_index("ix_audit_events_record")
        batch_op.drop_index("ix_audit_events_chain")

    op.drop_table("audit_events")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")
