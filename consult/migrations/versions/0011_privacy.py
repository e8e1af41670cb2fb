"""Make room for erasures, let them through the guards, and keep a schedule of retention.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

from consult.foundation.append_only import (
    erasable_guard_statements,
    guard_statements,
    reason_guard_statements,
)
from consult.foundation.database import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

APPEND_ONLY = ("audit_erasures", "erasures", "erasure_steps", "erasure_targets")
# Hold no words of a respondent, or none that an erasure has to take away as a whole.
NEVER_DELETED = ("audit_events", "campaign_runs", "codebook_versions", "publication_batches")
NEVER_CHANGED = ("audit_events", "campaign_runs", "publication_batches")

KINDS = ("submissions", "words", "addresses", "originals", "reasons")
GROUNDS = ("asked", "not_theirs", "mistake", "unlawful", "retention")
TARGETS = ("submission", "span", "respondent", "attachment", "event")
KEPT = ("addresses", "not_counted", "originals", "reasons")
EVENTS = ("call_closed", "report_out")


def upgrade() -> None:
    """Add the tables, and exchange the guards of the tables that were append-only until now."""
    create_erasures()
    create_the_exception()
    create_schedule()
    dialect = op.get_bind().dialect.name
    guarded = guarded_tables()
    for table in guarded:
        drop_guards(dialect, table)
    changed = tuple(table for table in guarded if table not in NEVER_CHANGED)
    deleted = tuple(table for table in guarded if table not in NEVER_DELETED)
    statements = erasable_guard_statements(dialect, changed, ("update",))
    statements += erasable_guard_statements(dialect, deleted, ("delete",))
    statements += reason_guard_statements(dialect)
    statements += strict(dialect, "update", ("campaign_runs", "publication_batches"))
    statements += strict(dialect, "delete", NEVER_DELETED)
    for statement in statements + guard_statements(dialect, APPEND_ONLY):
        op.execute(statement)


def strict(dialect: str, act: str, tables: tuple[str, ...]) -> list[str]:
    """Return the plain guard of some tables against one act."""
    wanted = {f"CREATE TRIGGER {table}_no_{act} " for table in tables}
    return [s for s in guard_statements(dialect, tables) if any(name in s for name in wanted)]


def guarded_tables() -> tuple[str, ...]:
    """Return the tables that are append-only so far, whichever step made them so."""
    bind = op.get_bind()
    catalogue = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname",
    }[bind.dialect.name]
    names = bind.execute(sa.text(catalogue)).scalars()
    return tuple(name.removesuffix("_no_update") for name in names if name.endswith("_no_update"))


def drop_guards(dialect: str, table: str) -> None:
    """Drop both guards of a table."""
    for act in ("update", "delete"):
        on_table = f" ON {table}" if dialect == "postgresql" else ""
        op.execute(f"DROP TRIGGER {table}_no_{act}{on_table}")


def create_erasures() -> None:
    """Make the tables of what was erased and where that was found."""
    op.create_table(
        "erasures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("kind", one_word(KINDS, "erasure_kind"), nullable=False),
        sa.Column("ground", one_word(GROUNDS, "erasure_ground"), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("ordered_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_erasures_numbered_from_one")),
        foreign_key("erasures", "inquiry_id", "inquiries"),
        foreign_key("erasures", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
        sa.UniqueConstraint("key", name=op.f("uq_erasures_key")),
    )
    op.create_index(op.f("ix_erasures_inquiry_id"), "erasures", ["inquiry_id"])
    op.create_table(
        "erasure_targets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("erasure_id", sa.Integer(), nullable=False),
        sa.Column("kind", one_word(TARGETS, "target_kind"), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("start", sa.Integer(), nullable=True),
        sa.Column("end", sa.Integer(), nullable=True),
        foreign_key("erasure_targets", "erasure_id", "erasures"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_targets")),
    )
    op.create_index(op.f("ix_erasure_targets_erasure_id"), "erasure_targets", ["erasure_id"])
    op.create_index(op.f("ix_erasure_targets_reference"), "erasure_targets", ["reference"])
    op.create_table(
        "erasure_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("erasure_id", sa.Integer(), nullable=False),
        sa.Column("store", sa.String(length=80), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("reached >= 0", name=op.f("ck_erasure_steps_reached_counted")),
        foreign_key("erasure_steps", "erasure_id", "erasures"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_steps")),
    )
    op.create_index("ix_erasure_steps_erasure_id", "erasure_steps", ["erasure_id", "id"])


def create_the_exception() -> None:
    """Make the table whose row lifts the guards, and the one that names events without their reason."""
    op.create_table(
        "open_erasures",
        sa.Column("erasure_id", sa.Integer(), nullable=False),
        sa.Column("never", sa.Integer(), nullable=False),
        sa.CheckConstraint("never = 0", name=op.f("ck_open_erasures_never_committed")),
        foreign_key("open_erasures", "erasure_id", "erasures"),
        sa.ForeignKeyConstraint(
            ["never"],
            ["erasures.id"],
            name=op.f("fk_open_erasures_never_erasures"),
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.PrimaryKeyConstraint("erasure_id", name=op.f("pk_open_erasures")),
    )
    event_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "audit_erasures",
        sa.Column("event_id", event_id, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        foreign_key("audit_erasures", "event_id", "audit_events"),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_audit_erasures")),
    )


def create_schedule() -> None:
    """Make the table of how long an inquiry keeps what."""
    op.create_table(
        "retention_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("kind", one_word(KEPT, "retention_kind"), nullable=False),
        sa.Column("event", one_word(EVENTS, "retention_event"), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "days IS NULL OR (days >= 0 AND days <= 3650)",
            name=op.f("ck_retention_rules_days_within_ten_years"),
        ),
        foreign_key("retention_rules", "inquiry_id", "inquiries"),
        foreign_key("retention_rules", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_rules")),
        sa.UniqueConstraint("inquiry_id", "kind", name=op.f("uq_retention_rules_inquiry_id_kind")),
    )


def foreign_key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    """Return a foreign key to the id of another table, named as the models name theirs."""
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def one_word(words: tuple[str, ...], name: str) -> sa.Enum:
    """Return the type of a column that holds one of some words."""
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def downgrade() -> None:
    """Give the guards back as they were, and drop the tables."""
    dialect = op.get_bind().dialect.name
    for table in guarded_tables():
        drop_guards(dialect, table)
        if table not in APPEND_ONLY:
            for statement in guard_statements(dialect, (table,)):
                op.execute(statement)
    for table in ("retention_rules", "audit_erasures", "open_erasures", "erasure_steps", "erasure_targets"):
        op.drop_table(table)
    op.drop_table("erasures")
    if dialect == "postgresql":
        op.execute("DROP FUNCTION refuse_change_unless_erasing()")
        op.execute("DROP FUNCTION refuse_change_but_of_reasons()")
