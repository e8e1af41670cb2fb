"""Triggers that make the database itself refuse to change or delete what is append-only."""

SQLITE_TRIGGER = """
CREATE TRIGGER {table}_no_{act} BEFORE {ACT} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""

POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END
$$ LANGUAGE plpgsql
"""

POSTGRES_TRIGGER = """
CREATE TRIGGER {table}_no_{act} BEFORE {ACT} ON {table}
FOR EACH ROW EXECUTE FUNCTION refuse_change()
"""


def guard_statements(dialect: str, tables: tuple[str, ...]) -> list[str]:
    """Return the DDL that makes `tables` append-only on one engine ("sqlite" or "postgresql")."""
    template = SQLITE_TRIGGER if dialect == "sqlite" else POSTGRES_TRIGGER
    first = [] if dialect == "sqlite" else [POSTGRES_FUNCTION]
    return first + [
        template.format(table=table, act=act, ACT=act.upper())
        for table in tables
        for act in ("update", "delete")
    ]
