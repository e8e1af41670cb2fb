"""Kinds and logic of questions, and what a respondent may withhold: answer by answer, words, declarations.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from consult.foundation.append_only import guard_statements
from consult.foundation.database import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APPEND_ONLY = ("answer_cells", "confidential_passages")
KINDS_BEFORE = ("free_text", "single", "several", "scale", "number", "place")
KINDS = (*KINDS_BEFORE, "matrix", "file")
NEW_CHECKS = {
    "ck_questions_word_guidance_positive": "word_guidance IS NULL OR word_guidance > 0",
    "ck_questions_most_files_positive": "most_files IS NULL OR most_files > 0",
}
NEW_IN_QUESTIONS = ("word_guidance", "most_files", "may_decline", "section_id")
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
# Written out, for Alembic has no way to add a column with a CHECK to a table that it must not rebuild.
PUBLICATION = """
ALTER TABLE answers ADD COLUMN publication VARCHAR(40) CONSTRAINT ck_answers_publication_choice
CHECK (publication IN ('with_name', 'without_name', 'not_published'))
"""


def upgrade() -> None:
    """Add what the models of this step describe."""
    op.add_column("places", sa.Column("postcodes", JSON, server_default="[]", nullable=False))
    op.add_column("calls", sa.Column("declarations", JSON, server_default="[]", nullable=False))
    op.add_column("drafts", sa.Column("confidences", JSON, server_default="[]", nullable=False))
    op.add_column("options", sa.Column("exclusive", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("answers", sa.Column("district", sa.String(length=4), nullable=True))
    op.add_column("answers", sa.Column("declined", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(PUBLICATION)
    add_sections()
    with op.batch_alter_table("questions") as batch:
        batch.add_column(sa.Column("word_guidance", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("most_files", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("may_decline", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch.add_column(sa.Column("section_id", sa.Integer(), nullable=True))
        section = batch.f("fk_questions_section_id_sections")
        batch.create_foreign_key(section, "sections", ["section_id"], ["id"])
        batch.drop_constraint(batch.f("ck_questions_question_kind"), type_="check")
        batch.create_check_constraint(batch.f("ck_questions_question_kind"), kinds_in(KINDS))
        for name, check in NEW_CHECKS.items():
            batch.create_check_constraint(batch.f(name), check)
    add_parts_of_questions()
    add_parts_of_evidence()
    for statement in guard_statements(op.get_bind().dialect.name, APPEND_ONLY):
        op.execute(statement)


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("declarations")
    op.drop_table("confidential_passages")
    op.drop_table("answer_cells")
    op.drop_table("question_conditions")
    op.drop_table("matrix_rows")
    with op.batch_alter_table("questions") as batch:
        for name in ("ck_questions_question_kind", *NEW_CHECKS):
            batch.drop_constraint(batch.f(name), type_="check")
        batch.create_check_constraint(batch.f("ck_questions_question_kind"), kinds_in(KINDS_BEFORE))
        batch.drop_constraint("fk_questions_section_id_sections", type_="foreignkey")
        for column in NEW_IN_QUESTIONS:
            batch.drop_column(column)
    op.drop_table("sections")
    for table, column in (
        ("answers", "publication"),
        ("answers", "declined"),
        ("answers", "district"),
        ("options", "exclusive"),
        ("drafts", "confidences"),
        ("calls", "declarations"),
        ("places", "postcodes"),
    ):
        op.drop_column(table, column)


def kinds_in(kinds: tuple[str, ...]) -> str:
    """Return what the CHECK of the kind says."""
    return f"kind IN ({', '.join(repr(kind) for kind in kinds)})"


def add_sections() -> None:
    """Add the sections of a call."""
    op.create_table(
        "sections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("introduction", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_sections_call_id_calls")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sections")),
        sa.UniqueConstraint("call_id", "position", name=op.f("uq_sections_call_id_position")),
    )


def add_parts_of_questions() -> None:
    """Add the rows of a matrix, and on what a question depends."""
    op.create_table(
        "matrix_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_matrix_rows_question_id_questions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matrix_rows")),
        sa.UniqueConstraint("question_id", "position", name=op.f("uq_matrix_rows_question_id_position")),
    )
    op.create_table(
        "question_conditions",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("option_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_question_conditions_question_id_questions")
        ),
        sa.ForeignKeyConstraint(
            ["option_id"], ["options.id"], name=op.f("fk_question_conditions_option_id_options")
        ),
        sa.PrimaryKeyConstraint("question_id", "option_id", name=op.f("pk_question_conditions")),
    )
    op.create_index(op.f("ix_question_conditions_option_id"), "question_conditions", ["option_id"])


def add_parts_of_evidence() -> None:
    """Add the answers of a matrix, words in confidence and declarations."""
    op.create_table(
        "answer_cells",
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("option_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answers.id"], name=op.f("fk_answer_cells_answer_id_answers")
        ),
        sa.ForeignKeyConstraint(
            ["row_id"], ["matrix_rows.id"], name=op.f("fk_answer_cells_row_id_matrix_rows")
        ),
        sa.ForeignKeyConstraint(
            ["option_id"], ["options.id"], name=op.f("fk_answer_cells_option_id_options")
        ),
        sa.PrimaryKeyConstraint("answer_id", "row_id", name=op.f("pk_answer_cells")),
    )
    op.create_index(op.f("ix_answer_cells_row_id"), "answer_cells", ["row_id"])
    op.create_table(
        "confidential_passages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_text_id", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("harm", sa.Text(), nullable=False),
        sa.Column("marked_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            'start >= 0 AND "end" > start', name=op.f("ck_confidential_passages_span_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["source_text_id"],
            ["source_texts.id"],
            name=op.f("fk_confidential_passages_source_text_id_source_texts"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confidential_passages")),
        sa.UniqueConstraint(
            "source_text_id",
            "start",
            "end",
            name=op.f("uq_confidential_passages_source_text_id_start_end"),
        ),
    )
    op.create_table(
        "declarations",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("on_behalf_of", "role", "interests", "funding")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_declarations_submission_id_submissions")
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_declarations")),
    )
