"""Make room for the blind sample, the settings of suggestions, how runs ended, and what to read next.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from consult.foundation.append_only import erasable_guard_statements
from consult.foundation.database import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ORDERS = ("balanced", "certain", "uncertain", "rarest", "diverse", "arrival")
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
# A run is only ever added; its end, too. A blind passage goes with its passage, and never comes back.
APPEND_ONLY = ("blind_passages", "blind_readings", "run_results")


def upgrade() -> None:
    """Add five tables, and guard the three that are append-only."""
    create_settings()
    create_sample()
    create_results()
    create_places()
    for statement in erasable_guard_statements(op.get_bind().dialect.name, APPEND_ONLY):
        op.execute(statement)


def create_settings() -> None:
    """Make the table of what inquiries want of suggestions."""
    op.create_table(
        "suggestion_settings",
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("wanted_precision", sa.Integer(), nullable=True),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "wanted_precision IS NULL OR (wanted_precision >= 10 AND wanted_precision <= 99)",
            name=op.f("ck_suggestion_settings_precision_is_percentage"),
        ),
        sa.CheckConstraint("most >= 1 AND most <= 10", name=op.f("ck_suggestion_settings_most_is_few")),
        foreign_key("suggestion_settings", "inquiry_id", "inquiries"),
        foreign_key("suggestion_settings", "user_id", "users"),
        sa.PrimaryKeyConstraint("inquiry_id", name=op.f("pk_suggestion_settings")),
    )


def create_sample() -> None:
    """Make the tables of passages drawn by lot and of their readings."""
    op.create_table(
        "blind_passages",
        sa.Column("passage_id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        foreign_key("blind_passages", "passage_id", "passages"),
        foreign_key("blind_passages", "inquiry_id", "inquiries"),
        sa.PrimaryKeyConstraint("passage_id", name=op.f("pk_blind_passages")),
    )
    op.create_index("ix_blind_passages_inquiry_id", "blind_passages", ["inquiry_id"])
    op.create_table(
        "blind_readings",
        sa.Column("passage_id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("last_code_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        foreign_key("blind_readings", "passage_id", "blind_passages", "passage_id"),
        foreign_key("blind_readings", "inquiry_id", "inquiries"),
        foreign_key("blind_readings", "run_id", "model_runs"),
        foreign_key("blind_readings", "user_id", "users"),
        sa.PrimaryKeyConstraint("passage_id", name=op.f("pk_blind_readings")),
    )
    op.create_index("ix_blind_readings_inquiry_id", "blind_readings", ["inquiry_id"])
    op.create_index("ix_blind_readings_run_id", "blind_readings", ["run_id"])


def create_results() -> None:
    """Make the table of how runs ended."""
    op.create_table(
        "run_results",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=False),
        sa.Column("took", sa.Integer(), nullable=False),
        sa.Column("passages", sa.Integer(), nullable=False),
        sa.Column("suggestions", sa.Integer(), nullable=False),
        sa.Column("abstained", sa.Integer(), nullable=False),
        sa.Column("summary", JSON, nullable=False),
        sa.Column("artefact_sha256", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "passages >= 0 AND suggestions >= 0 AND abstained >= 0",
            name=op.f("ck_run_results_results_counted"),
        ),
        foreign_key("run_results", "run_id", "model_runs"),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_run_results")),
    )


def create_places() -> None:
    """Make the table of what to read next."""
    order = sa.Enum(*ORDERS, name="reading_order", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "reading_places",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("passage_id", sa.Integer(), nullable=False),
        sa.Column("reading_order", order, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        foreign_key("reading_places", "inquiry_id", "inquiries"),
        foreign_key("reading_places", "passage_id", "passages"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_places")),
        sa.UniqueConstraint(
            "passage_id", "reading_order", name=op.f("uq_reading_places_passage_id_reading_order")
        ),
    )
    op.create_index("ix_reading_places_order", "reading_places", ["inquiry_id", "reading_order", "place"])


def foreign_key(table: str, column: str, other: str, key: str = "id") -> sa.ForeignKeyConstraint:
    """Return a foreign key under the name that the models give it."""
    return sa.ForeignKeyConstraint([column], [f"{other}.{key}"], name=op.f(f"fk_{table}_{column}_{other}"))


def downgrade() -> None:
    """Drop them; the guards go with their tables."""
    for table in ("reading_places", "run_results", "blind_readings", "blind_passages", "suggestion_settings"):
        op.drop_table(table)
