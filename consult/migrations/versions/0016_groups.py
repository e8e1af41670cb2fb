"""Make room for groups of passages that the machine finds, and for what people say of them.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from consult.foundation.append_only import guard_statements
from consult.foundation.database import UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

SEARCHED_IN = ("uncovered", "all")
VERDICTS = ("code", "not_a_theme", "offered_again")
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    """Add searches, groups, their members and decisions."""
    op.create_table(
        "group_searches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("searched_in", states("searched_in", SEARCHED_IN), nullable=False),
        sa.Column("finder", sa.String(length=80), nullable=False),
        sa.Column("finder_version", sa.String(length=40), nullable=False),
        sa.Column("settings", JSON, nullable=False),
        sa.Column("data_sha256", sa.String(length=64), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("passages", sa.Integer(), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        foreign_key("group_searches", "inquiry_id", "inquiries"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_searches")),
    )
    op.create_index("ix_group_searches_newest", "group_searches", ["inquiry_id", "searched_in", "id"])
    create_groups()
    create_decisions()
    for statement in guard_statements(op.get_bind().dialect.name, ("group_decisions",)):
        op.execute(statement)


def create_groups() -> None:
    """Make the tables of groups and of their passages."""
    op.create_table(
        "emergent_groups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("search_id", sa.Integer(), nullable=False),
        sa.Column("phrases", JSON, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("submissions", sa.Integer(), nullable=False),
        sa.Column("likeness", sa.Double(), nullable=False),
        sa.Column("before_id", sa.Integer(), nullable=True),
        sa.Column("like_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("size >= 1", name=op.f("ck_emergent_groups_size_from_one")),
        sa.CheckConstraint(
            "likeness >= 0 AND likeness <= 1", name=op.f("ck_emergent_groups_likeness_is_share")
        ),
        foreign_key("emergent_groups", "search_id", "group_searches"),
        foreign_key("emergent_groups", "before_id", "emergent_groups"),
        foreign_key("emergent_groups", "like_id", "emergent_groups"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergent_groups")),
    )
    op.create_index("ix_emergent_groups_search_id", "emergent_groups", ["search_id"])
    op.create_table(
        "emergent_group_members",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("passage_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        foreign_key("emergent_group_members", "group_id", "emergent_groups"),
        foreign_key("emergent_group_members", "passage_id", "passages"),
        sa.PrimaryKeyConstraint("group_id", "passage_id", name=op.f("pk_emergent_group_members")),
    )
    op.create_index("ix_emergent_group_members_passage_id", "emergent_group_members", ["passage_id"])


def create_decisions() -> None:
    """Make the table of what people say of groups."""
    op.create_table(
        "group_decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("verdict", states("group_verdict", VERDICTS), nullable=False),
        sa.Column("code_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "(verdict = 'code') = (code_id IS NOT NULL)", name=op.f("ck_group_decisions_code_is_named")
        ),
        foreign_key("group_decisions", "group_id", "emergent_groups"),
        foreign_key("group_decisions", "user_id", "users"),
        foreign_key("group_decisions", "code_id", "codes"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_decisions")),
    )
    op.create_index("ix_group_decisions_group", "group_decisions", ["group_id", "id"])


def states(name: str, values: tuple[str, ...]) -> sa.Enum:
    """Return a column type of named values with its CHECK."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def foreign_key(table: str, column: str, of: str) -> sa.ForeignKeyConstraint:
    """Return a foreign key to another table's id, named as the models name it."""
    return sa.ForeignKeyConstraint([column], [f"{of}.id"], name=op.f(f"fk_{table}_{column}_{of}"))


def downgrade() -> None:
    """Take it away again."""
    for table in ("group_decisions", "emergent_group_members", "emergent_groups", "group_searches"):
        op.drop_table(table)
