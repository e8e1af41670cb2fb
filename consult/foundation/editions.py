"""Triggers by which the database itself names what was read anew whenever any of it changes.

What was read under one name may be kept in memory, in any process, for as long as that name stands. Names are
drawn by lot and not counted, so that a change that was rolled back never lends its name to another.
"""

ACTS = ("insert", "update", "delete")

SQLITE = """
CREATE TRIGGER {table}_new_edition_{act} AFTER {ACT} ON {table}
BEGIN UPDATE {names} SET token = lower(hex(randomblob(16))); END
"""

POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION new_edition_of_{names}() RETURNS trigger AS $$
BEGIN
  UPDATE {names} SET token = replace(gen_random_uuid()::text, '-', '');
  RETURN NULL;
END
$$ LANGUAGE plpgsql
"""

POSTGRES = """
CREATE TRIGGER {table}_new_edition_{act} AFTER {ACT} ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION new_edition_of_{names}()
"""


def edition_statements(dialect: str, names: str, tables: tuple[str, ...]) -> list[str]:
    """Return the DDL by which each change of `tables` gives the one row of the table `names` a new token."""
    template = SQLITE if dialect == "sqlite" else POSTGRES
    first = [] if dialect == "sqlite" else [POSTGRES_FUNCTION.format(names=names)]
    return first + [
        template.format(table=table, act=act, ACT=act.upper(), names=names)
        for table in tables
        for act in ACTS
    ]


def undo_edition_statements(dialect: str, names: str, tables: tuple[str, ...]) -> list[str]:
    """Return the DDL that takes these triggers away."""
    last = [] if dialect == "sqlite" else [f"DROP FUNCTION new_edition_of_{names}()"]
    where = "" if dialect == "sqlite" else " ON {table}"
    return [
        f"DROP TRIGGER {table}_new_edition_{act}" + where.format(table=table)
        for table in tables
        for act in ACTS
    ] + last
