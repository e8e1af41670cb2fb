"""Where a spreadsheet stands on its way in."""

from enum import StrEnum


class ImportState(StrEnum):
    """From the file to the last row."""

    UPLOADED = "uploaded"
    CHECKING = "checking"
    CHECKED = "checked"
    STORING = "storing"
    DONE = "done"
    DROPPED = "dropped"


IMPORT_WORDS = {
    ImportState.UPLOADED: "Columns to be settled",
    ImportState.CHECKING: "Being checked",
    ImportState.CHECKED: "Checked, nothing stored yet",
    ImportState.STORING: "Being stored",
    ImportState.DONE: "Stored",
    ImportState.DROPPED: "Dropped",
}

# What may be done from each state: the columns settled (again), the rows stored, all of it dropped.
MAY_SETTLE = frozenset({ImportState.UPLOADED, ImportState.CHECKED})
MAY_STORE = frozenset({ImportState.CHECKED, ImportState.STORING})
MAY_DROP = frozenset({ImportState.UPLOADED, ImportState.CHECKED})
