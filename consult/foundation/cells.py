"""Cells of a spreadsheet's file: what strangers wrote must not be run as a formula where it is opened."""

import re

# Also full-width signs, which spreadsheets of East Asia take for the plain ones.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")  # noqa: RUF001  # these very signs


def formula_safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, by a single quote before it.

    A text that already looks like one made safe gets another, so that `restored` always gives it back.
    """
    return f"'{text}" if _FORMULA.match(text) else text


def restored(cell: str) -> str:
    """Return the text that `formula_safe` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell
