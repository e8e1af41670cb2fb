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


# What an erasure may change while its row in `open_erasures` lasts, which is never longer than a transaction.
SQLITE_ERASABLE = """
CREATE TRIGGER {table}_no_{act} BEFORE {ACT} ON {table}
WHEN NOT EXISTS (SELECT 1 FROM open_erasures)
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""

POSTGRES_ERASABLE_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change_unless_erasing() RETURNS trigger AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM open_erasures) THEN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END
$$ LANGUAGE plpgsql
"""

POSTGRES_ERASABLE = """
CREATE TRIGGER {table}_no_{act} BEFORE {ACT} ON {table}
FOR EACH ROW EXECUTE FUNCTION refuse_change_unless_erasing()
"""

# Of an event of the audit log an erasure may empty the reason, and nothing else.
_LASTING = (
    *("id", "inquiry_id", "at", "actor_kind", "user_id", "verb", "record_kind", "record_id", "detail"),
    *("previous_hash", "hash"),
)

SQLITE_REASON = """
CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events
WHEN NOT EXISTS (SELECT 1 FROM open_erasures) OR NEW.why <> '' OR {changed}
BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END
"""

POSTGRES_REASON_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change_but_of_reasons() RETURNS trigger AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM open_erasures) OR NEW.why <> '' OR {changed} THEN
    RAISE EXCEPTION 'audit_events is append-only';
  END IF;
  RETURN NEW;
END
$$ LANGUAGE plpgsql
"""

POSTGRES_REASON = """
CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events
FOR EACH ROW EXECUTE FUNCTION refuse_change_but_of_reasons()
"""


def erasable_guard_statements(
    dialect: str, tables: tuple[str, ...], acts: tuple[str, ...] = ("update", "delete")
) -> list[str]:
    """Return the DDL that makes `tables` append-only but for erasures; from migration 0011 on."""
    template = SQLITE_ERASABLE if dialect == "sqlite" else POSTGRES_ERASABLE
    first = [] if dialect == "sqlite" else [POSTGRES_ERASABLE_FUNCTION]
    return first + [
        template.format(table=table, act=act, ACT=act.upper()) for table in tables for act in acts
    ]


def reason_guard_statements(dialect: str) -> list[str]:
    """Return the DDL that lets an erasure empty reasons in the audit log, and change nothing else there."""
    differs = "IS NOT" if dialect == "sqlite" else "IS DISTINCT FROM"
    changed = " OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in _LASTING)
    if dialect == "sqlite":
        return [SQLITE_REASON.format(changed=changed)]
    return [POSTGRES_REASON_FUNCTION.format(changed=changed), POSTGRES_REASON]
