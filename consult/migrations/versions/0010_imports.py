"""Make room for the spreadsheets of other platforms: what their columns mean, and how far each import is.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from consult.foundation.database import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


STATES = ("columns", "checking", "checked", "storing", "done")
CHOICES = ("with_name", "without_name", "not_published")
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
# By hand, so that SQLite need not build the table anew.
CAME_IN = (
    "ALTER TABLE provenances ADD COLUMN import_id INTEGER "
    "CONSTRAINT fk_provenances_import_id_spreadsheet_imports REFERENCES spreadsheet_imports (id)"
)


def upgrade() -> None:
    """Add the mappings of columns, the imports and their problems."""
    create_mappings()
    create_imports()
    op.create_table(
        "import_problems",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("column", sa.String(length=8), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        foreign_key("import_problems", "import_id", "spreadsheet_imports"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_problems")),
    )
    op.create_index("ix_import_problems_rows", "import_problems", ["import_id", "id"])
    op.execute(CAME_IN)
    op.create_index(op.f("ix_provenances_import_id"), "provenances", ["import_id"])


def create_mappings() -> None:
    """Make the table of what columns mean."""
    op.create_table(
        "column_mappings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("mapping", JSON, nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        foreign_key("column_mappings", "call_id", "calls"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_mappings")),
        sa.UniqueConstraint("call_id", "signature", name=op.f("uq_column_mappings_call_id_signature")),
    )


def create_imports() -> None:
    """Make the table of spreadsheets that were given."""
    table = "spreadsheet_imports"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kept_sha256", sa.String(length=64), nullable=False),
        sa.Column("publication", one_word(CHOICES, "publication_choice"), nullable=False),
        sa.Column("state", one_word(STATES, "import_state"), nullable=False),
        sa.Column("mapping", JSON, nullable=True),
        sa.Column("found", JSON, nullable=False),
        sa.Column("leave_out", sa.Boolean(), nullable=False),
        sa.Column("why_late", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("row_done", sa.Integer(), nullable=False),
        sa.Column("stored", sa.Integer(), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("length(sha256) = 64", name=op.f(f"ck_{table}_hash_length")),
        sa.CheckConstraint("row_done >= 0 AND stored >= 0", name=op.f(f"ck_{table}_rows_counted")),
        sa.CheckConstraint(
            "state = 'columns' OR mapping IS NOT NULL", name=op.f(f"ck_{table}_columns_settled")
        ),
        foreign_key(table, "inquiry_id", "inquiries"),
        foreign_key(table, "call_id", "calls"),
        foreign_key(table, "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_inquiry_id"), table, ["inquiry_id"])
    op.create_index(op.f(f"ix_{table}_kept_sha256"), table, ["kept_sha256"])


def foreign_key(table: str, column: str, of: str) -> sa.ForeignKeyConstraint:
    """Return a foreign key to another table's id, named as the models name it."""
    return sa.ForeignKeyConstraint([column], [f"{of}.id"], name=op.f(f"fk_{table}_{column}_{of}"))


def one_word(words: tuple[str, ...], name: str) -> sa.Enum:
    """Return the type of a column that holds one of some words."""
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def downgrade() -> None:
    """Forget them."""
    op.drop_index("ix_provenances_import_id", "provenances")
    with op.batch_alter_table("provenances") as batch:
        batch.drop_column("import_id")
    for table in ("import_problems", "spreadsheet_imports", "column_mappings"):
        op.drop_table(table)
