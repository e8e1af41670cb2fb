"""Verbs that change a codebook, and those on the groups that the machine offers to it."""

from consult.codebook.service.codes import (
    ChangedMeanwhile,
    Imported,
    add_code,
    edit_code,
    freeze_version,
    import_codebook,
    move_code,
    restore_code,
    retire_code,
)
from consult.codebook.service.groups import (
    Found,
    Search,
    decide_group,
    end_search,
    record_groups,
    start_search,
    want_groups,
)

__all__ = [
    "ChangedMeanwhile",
    "Found",
    "Imported",
    "Search",
    "add_code",
    "decide_group",
    "edit_code",
    "end_search",
    "freeze_version",
    "import_codebook",
    "move_code",
    "record_groups",
    "restore_code",
    "retire_code",
    "start_search",
    "want_groups",
]
