"""Make room for a clerk's desk: states, channels, moves, batches, marks, event sessions.

Revision ID: 0002
Revises: 0001
"""

import hashlib
import re
import unicodedata
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from consult.foundation.append_only import guard_statements
from consult.foundation.database import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATES = (
    "new",
    "needs_transcription",
    "needs_redaction",
    "possible_duplicate",
    "campaign",
    "out_of_scope",
    "accepted",
    "withdrawn",
)
CHANNELS = ("web", "imported", "paper", "email", "telephone", "event")
ACTORS = ("member", "respondent", "system")
FEWEST_WORDS = 12
EARLIER_STATES = ("new", "accepted", "out_of_scope")
EARLIER_CHANNELS = ("web", "imported")


def upgrade() -> None:
    """Let submissions stand in more states and come by more channels, and keep how they moved."""
    change_checks(STATES, CHANNELS)
    with op.batch_alter_table("submissions") as table:
        table.add_column(sa.Column("words_sha256", sa.String(length=64), nullable=True))
        table.create_index("ix_submissions_words", ["inquiry_id", "words_sha256"])
    op.create_index("ix_respondents_email", "respondents", ["inquiry_id", "email"])
    create_batches()
    create_moves()
    create_sessions()
    for statement in guard_statements(op.get_bind().dialect.name, ("state_moves", "marks")):
        op.execute(statement)
    remember_words()
    remember_moves()


def create_batches() -> None:
    """Create what one decision on many submissions needs."""
    op.create_table(
        "state_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("to_state", one_word(STATES, "to_state"), nullable=True),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("drawn_at", UtcDateTime(), nullable=False),
        sa.Column("applied_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(to_state IS NULL) = (undoes_id IS NOT NULL)",
            name=op.f("ck_state_batches_goes_somewhere_or_back"),
        ),
        foreign_key("state_batches", "inquiry_id", "inquiries"),
        foreign_key("state_batches", "user_id", "users"),
        foreign_key("state_batches", "undoes_id", "state_batches"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_state_batches")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_state_batches_undoes_id")),
    )
    op.create_index(op.f("ix_state_batches_inquiry_id"), "state_batches", ["inquiry_id"])
    op.create_table(
        "state_batch_rows",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("from_state", one_word(STATES, "from_state"), nullable=False),
        sa.Column("last_move_id", sa.Integer(), nullable=False),
        foreign_key("state_batch_rows", "batch_id", "state_batches"),
        foreign_key("state_batch_rows", "submission_id", "submissions"),
        sa.PrimaryKeyConstraint("batch_id", "submission_id", name=op.f("pk_state_batch_rows")),
    )
    op.create_index(op.f("ix_state_batch_rows_submission_id"), "state_batch_rows", ["submission_id"])


def create_moves() -> None:
    """Create the history of a submission on the desk, and what was noticed when it arrived."""
    op.create_table(
        "state_moves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("from_state", one_word(STATES, "from_state"), nullable=False),
        sa.Column("to_state", one_word(STATES, "to_state"), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("like_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("actor_kind", one_word(ACTORS, "actor_kind"), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        foreign_key("state_moves", "submission_id", "submissions"),
        foreign_key("state_moves", "like_id", "submissions"),
        foreign_key("state_moves", "batch_id", "state_batches"),
        foreign_key("state_moves", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_state_moves")),
    )
    op.create_index("ix_state_moves_history", "state_moves", ["submission_id", "id"])
    op.create_index(op.f("ix_state_moves_batch_id"), "state_moves", ["batch_id"])
    op.create_table(
        "marks",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        foreign_key("marks", "submission_id", "submissions"),
        sa.PrimaryKeyConstraint("submission_id", "kind", name=op.f("pk_marks")),
    )


def create_sessions() -> None:
    """Create where people spoke, and how evidence came that was entered for somebody."""
    op.create_table(
        "event_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("venue", sa.String(length=200), nullable=False),
        foreign_key("event_sessions", "inquiry_id", "inquiries"),
        foreign_key("event_sessions", "place_id", "places"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_sessions")),
        sa.UniqueConstraint(
            "inquiry_id", "name", "held_on", name=op.f("uq_event_sessions_inquiry_id_name_held_on")
        ),
    )
    op.create_table(
        "provenances",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("event_session_id", sa.Integer(), nullable=True),
        sa.Column("choice_known", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        foreign_key("provenances", "submission_id", "submissions"),
        foreign_key("provenances", "event_session_id", "event_sessions"),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_provenances")),
    )
    op.create_index(op.f("ix_provenances_event_session_id"), "provenances", ["event_session_id"])


def foreign_key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    """Return a foreign key to the id of another table, named as the models name theirs."""
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def one_word(words: tuple[str, ...], name: str) -> sa.Enum:
    """Return the type of a column that holds one of some words."""
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def remember_words() -> None:
    """Hash the words of what arrived before, as evidence.rules did when this was written."""
    bind = op.get_bind()
    texts = bind.execute(
        sa.text("SELECT submission_id, body FROM source_texts ORDER BY submission_id, position")
    )
    hashes = []
    for submission_id, rows in groupby(texts, key=lambda row: row.submission_id):
        whole = unicodedata.normalize("NFKC", "\n".join(row.body for row in rows)).casefold()
        words = re.findall(r"\w+", whole)
        if len(words) >= FEWEST_WORDS:
            sha256 = hashlib.sha256(" ".join(words).encode()).hexdigest()
            hashes.append({"sha256": sha256, "id": submission_id})
    if hashes:
        bind.execute(sa.text("UPDATE submissions SET words_sha256 = :sha256 WHERE id = :id"), hashes)


def remember_moves() -> None:
    """Make the history of what was moved before from the audit log, where its reason stands."""
    same: list[Any] = [sa.column(name) for name in ("why", "actor_kind", "user_id", "at")]
    record: Any = sa.column("record_id")
    verb: Any = sa.column("verb")
    detail = sa.column("detail", sa.JSON().with_variant(JSONB(), "postgresql"))
    events = sa.table("audit_events", sa.column("id"), sa.column("record_kind"), record, verb, detail, *same)
    moved = (
        sa.select(record, detail["from"].as_string(), detail["to"].as_string(), *same)
        .select_from(events)
        .where(events.c.record_kind == "submission", verb == "change state")
        .order_by(events.c.id)
    )
    columns = ["submission_id", "from_state", "to_state", "why", "actor_kind", "user_id", "at"]
    moves = sa.table("state_moves", *(sa.column(name) for name in columns))
    op.execute(moves.insert().from_select(columns, moved))


def downgrade() -> None:
    """Bring what stands or came otherwise back to the nearest that was known before."""
    for table in (
        "provenances",
        "event_sessions",
        "marks",
        "state_moves",
        "state_batch_rows",
        "state_batches",
    ):
        op.drop_table(table)
    op.drop_index("ix_respondents_email", "respondents")
    with op.batch_alter_table("submissions") as submissions:
        submissions.drop_index("ix_submissions_words")
        submissions.drop_column("words_sha256")
    op.execute("UPDATE submissions SET state = 'out_of_scope' WHERE state = 'withdrawn'")
    op.execute("UPDATE submissions SET state = 'new' WHERE state NOT IN ('new', 'accepted', 'out_of_scope')")
    op.execute("UPDATE submissions SET channel = 'imported' WHERE channel NOT IN ('web', 'imported')")
    change_checks(EARLIER_STATES, EARLIER_CHANNELS)


def change_checks(states: tuple[str, ...], channels: tuple[str, ...]) -> None:
    """Write the two CHECKs anew; SQLite rebuilds the table for it."""
    with op.batch_alter_table("submissions") as table:
        for name, column, values in (("submission_state", "state", states), ("channel", "channel", channels)):
            table.drop_constraint(op.f(f"ck_submissions_{name}"), type_="check")
            table.create_check_constraint(op.f(f"ck_submissions_{name}"), sa.text(one_of(column, values)))


def one_of(column: str, values: tuple[str, ...]) -> str:
    """Return the condition that a column holds one of some words."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"
