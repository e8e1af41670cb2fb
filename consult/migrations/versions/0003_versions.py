"""Keep every version of a submission; say how a call closes and until when evidence can be withdrawn.

Revision ID: 0003
Revises: 0002
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from consult.foundation.append_only import guard_statements
from consult.foundation.database import UtcDateTime

APPEND_ONLY = ("submission_versions", "replaced_answers", "replaced_texts")
POLICIES = ("until_closing", "until_report", "on_request")
CHOICES = ("with_name", "without_name", "not_published")
AT_ONCE = 500
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add versions, requests to withdraw, a call's grace and an inquiry's rule and report."""
    extend_tables()
    create_versions()
    create_replacements()
    create_requests()
    keep_first_versions()
    dialect = op.get_bind().dialect.name
    # A table rebuilt on SQLite has lost its triggers.
    rebuilt = ("answers",) if dialect == "sqlite" else ()
    for statement in guard_statements(dialect, APPEND_ONLY + rebuilt):
        op.execute(statement)


def one_of(values: tuple[str, ...], name: str) -> sa.Enum:
    """Return the type of a column that holds one of these values."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def extend_tables() -> None:
    """Add columns to the tables that are there."""
    with op.batch_alter_table("inquiries") as batch:
        batch.add_column(
            sa.Column(
                "withdrawal_policy",
                one_of(POLICIES, "withdrawal_policy"),
                nullable=False,
                server_default="until_report",
            )
        )
        batch.add_column(sa.Column("report_at", UtcDateTime(), nullable=True))
        batch.add_column(sa.Column("report_title", sa.String(300), nullable=False, server_default=""))
        batch.add_column(sa.Column("report_address", sa.String(500), nullable=False, server_default=""))
    with op.batch_alter_table("calls") as batch:
        batch.add_column(sa.Column("grace_minutes", sa.Integer(), nullable=False, server_default="0"))
        batch.create_check_constraint("grace_within_a_day", "grace_minutes >= 0 AND grace_minutes <= 1440")
    with op.batch_alter_table("submissions") as batch:
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("withdrawal_policy", one_of(POLICIES, "withdrawal_policy"), nullable=True))
    with op.batch_alter_table("answers") as batch:
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch.drop_constraint("uq_answers_submission_id_question_id", type_="unique")
        batch.create_unique_constraint(
            "uq_answers_submission_id_question_id_version", ["submission_id", "question_id", "version"]
        )
    op.add_column("source_texts", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("drafts") as batch:
        batch.add_column(sa.Column("amends_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("amends_version", sa.Integer(), nullable=True))
        batch.create_foreign_key("fk_drafts_amends_id_submissions", "submissions", ["amends_id"], ["id"])
        batch.drop_constraint("uq_drafts_submission_id", type_="unique")
        batch.create_index("ix_drafts_submission_id", ["submission_id"])
        batch.create_index("ix_drafts_amends_id", ["amends_id"])


def create_versions() -> None:
    """Make the table of versions."""
    op.create_table(
        "submission_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("respondent_id", sa.Integer(), nullable=False),
        sa.Column("respondent_type_id", sa.Integer(), nullable=True),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("publication", one_of(CHOICES, "publication_choice"), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("word_count", sa.Integer(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("send_key", sa.String(64), nullable=True),
        sa.Column("receipt_hash", sa.String(64), nullable=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("declared", JSON, nullable=False, server_default="{}"),
        sa.CheckConstraint("number >= 1", name=op.f("ck_submission_versions_numbered_from_one")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_submission_versions_hash_length")),
        foreign_key("submission_versions", "submission_id", "submissions"),
        foreign_key("submission_versions", "respondent_id", "respondents"),
        foreign_key("submission_versions", "respondent_type_id", "respondent_types"),
        foreign_key("submission_versions", "place_id", "places"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_versions")),
        sa.UniqueConstraint(
            "submission_id", "number", name=op.f("uq_submission_versions_submission_id_number")
        ),
        sa.UniqueConstraint("send_key", name=op.f("uq_submission_versions_send_key")),
    )
    for column in ("respondent_id", "receipt_hash"):
        op.create_index(f"ix_submission_versions_{column}", "submission_versions", [column])


def create_replacements() -> None:
    """Make the tables that say which answers and texts a later version replaced."""
    for table, key, of in (
        ("replaced_answers", "answer_id", "answers"),
        ("replaced_texts", "source_text_id", "source_texts"),
    ):
        op.create_table(
            table,
            sa.Column(key, sa.Integer(), nullable=False),
            sa.Column("version", sa.Integer(), nullable=False),
            sa.CheckConstraint("version > 1", name=op.f(f"ck_{table}_replaced_later")),
            foreign_key(table, key, of),
            sa.PrimaryKeyConstraint(key, name=op.f(f"pk_{table}")),
        )


def create_requests() -> None:
    """Make the table of requests to withdraw."""
    op.create_table(
        "withdrawal_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (granted IS NULL)", name=op.f("ck_withdrawal_requests_decided_one_way")
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (user_id IS NULL)",
            name=op.f("ck_withdrawal_requests_decided_by_somebody"),
        ),
        foreign_key("withdrawal_requests", "submission_id", "submissions"),
        foreign_key("withdrawal_requests", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal_requests")),
    )
    op.create_index("ix_withdrawal_requests_submission_id", "withdrawal_requests", ["submission_id"])


def foreign_key(table: str, column: str, of: str) -> sa.ForeignKeyConstraint:
    """Return a foreign key to another table's id, named as the models name it."""
    return sa.ForeignKeyConstraint([column], [f"{of}.id"], name=op.f(f"fk_{table}_{column}_{of}"))


def keep_first_versions() -> None:
    """Give each submission that is there its first version, in batches."""
    connection = op.get_bind()
    versions = sa.table("submission_versions", *(sa.column(name) for name in VERSION_COLUMNS))
    submissions = sa.text(
        "SELECT id AS submission_id, respondent_id, respondent_type_id, place_id, publication, language,"
        " word_count, sent_at, send_key, receipt_hash"
        " FROM submissions WHERE id > :after ORDER BY id LIMIT :most"
    )
    after = 0
    while rows := connection.execute(submissions, {"after": after, "most": AT_ONCE}).mappings().all():
        hashes = hashes_between(connection, after, rows[-1]["submission_id"])
        after = rows[-1]["submission_id"]
        values = [
            {**row, "number": 1, "sha256": hashes.get(row["submission_id"], hash_of([]))} for row in rows
        ]
        connection.execute(sa.insert(versions), values)


VERSION_COLUMNS = (
    "submission_id",
    "number",
    "respondent_id",
    "respondent_type_id",
    "place_id",
    "publication",
    "language",
    "word_count",
    "sent_at",
    "send_key",
    "receipt_hash",
    "sha256",
)


def hashes_between(connection: sa.Connection, after: int, last: int) -> dict[int, str]:
    """Return the hash of the answers of each submission of a batch."""
    bounds = {"after": after, "last": last}
    answers = sa.text(
        "SELECT a.submission_id, a.id, a.question_id, a.number, a.place_id, t.sha256 FROM answers a"
        " LEFT JOIN source_texts t ON t.answer_id = a.id"
        " WHERE a.submission_id > :after AND a.submission_id <= :last"
    )
    choices = sa.text(
        "SELECT c.answer_id, c.option_id FROM answer_choices c JOIN answers a ON a.id = c.answer_id"
        " WHERE a.submission_id > :after AND a.submission_id <= :last"
    )
    chosen: dict[int, list[int]] = {}
    for answer_id, option_id in connection.execute(choices, bounds):
        chosen.setdefault(answer_id, []).append(option_id)
    given: dict[int, list[dict[str, Any]]] = {}
    for row in connection.execute(answers, bounds):
        given.setdefault(row.submission_id, []).append(dict(said_in(row, chosen.get(row.id, []))))
    return {submission_id: hash_of(said) for submission_id, said in given.items()}


def said_in(row: Any, options: list[int]) -> Iterator[tuple[str, Any]]:
    """Yield what an answer holds, as rules.hash_of_answers weighs it at this step."""
    yield "question_id", row.question_id
    if row.sha256:
        yield "text", row.sha256
    if options:
        yield "option_ids", sorted(options)
    if row.number is not None:
        yield "number", row.number
    if row.place_id:
        yield "place_id", row.place_id


def hash_of(answers: list[dict[str, Any]]) -> str:
    """Return the SHA-256 of the answers of a submission in the order of their questions."""
    ordered = sorted(answers, key=lambda answer: answer["question_id"])
    said = json.dumps(ordered, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


def downgrade() -> None:
    """Take it away again; only first versions can be kept in the tables as they were."""
    op.drop_table("withdrawal_requests")
    op.drop_table("replaced_texts")
    op.drop_table("replaced_answers")
    op.drop_table("submission_versions")
    with op.batch_alter_table("drafts") as batch:
        batch.drop_index("ix_drafts_amends_id")
        batch.drop_index("ix_drafts_submission_id")
        batch.create_unique_constraint("uq_drafts_submission_id", ["submission_id"])
        batch.drop_constraint("fk_drafts_amends_id_submissions", type_="foreignkey")
        batch.drop_column("amends_version")
        batch.drop_column("amends_id")
    for table, columns in {
        "submissions": ("withdrawal_policy", "version"),
        "calls": ("grace_minutes",),
        "inquiries": ("report_address", "report_title", "report_at", "withdrawal_policy"),
    }.items():
        with op.batch_alter_table(table) as batch:
            if table == "calls":
                batch.drop_constraint("grace_within_a_day", type_="check")
            if "withdrawal_policy" in columns:
                batch.drop_constraint("withdrawal_policy", type_="check")
            for column in columns:
                batch.drop_column(column)
    with op.batch_alter_table("answers") as batch:
        batch.drop_constraint("uq_answers_submission_id_question_id_version", type_="unique")
        batch.create_unique_constraint(
            "uq_answers_submission_id_question_id", ["submission_id", "question_id"]
        )
        batch.drop_column("version")
    with op.batch_alter_table("source_texts") as batch:
        batch.drop_column("version")
    if op.get_bind().dialect.name == "sqlite":
        for statement in guard_statements("sqlite", ("answers", "source_texts")):
            op.execute(statement)
