"""What can be decided about an import from values alone."""

from enum import StrEnum


class ImportState(StrEnum):
    """How far the import of a spreadsheet is."""

    COLUMNS = "columns"
    CHECKING = "checking"
    CHECKED = "checked"
    STORING = "storing"
    DONE = "done"


IMPORT_WORDS = {
    ImportState.COLUMNS: "Columns to settle",
    ImportState.CHECKING: "Being checked",
    ImportState.CHECKED: "Checked, nothing stored yet",
    ImportState.STORING: "Being stored",
    ImportState.DONE: "Stored",
}

# A job works meanwhile.
AT_WORK = frozenset({ImportState.CHECKING, ImportState.STORING})
