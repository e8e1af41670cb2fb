"""Files of other platforms that are taken in, what their columns mean, and what was wrong with their rows."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from consult.evidence.rules import PublicationChoice
from consult.evidence.rules_imports import ImportState
from consult.foundation.database import Base, state_type


class ColumnMappingRow(Base):
    """What the columns of a platform's export mean for a call, for the next export with the same headings."""

    __tablename__ = "column_mappings"
    __table_args__ = (UniqueConstraint("call_id", "signature"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    signature: Mapped[str] = mapped_column(String(64))
    mapping: Mapped[dict[str, Any]]
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    saved_at: Mapped[datetime]


class Import(Base):
    """One spreadsheet on its way in; where it stands, so that it can go on after a break."""

    __tablename__ = "imports"
    __table_args__ = (
        CheckConstraint(
            "last_row >= 0 AND ready >= 0 AND faulty >= 0 AND left_out >= 0 AND stored >= 0 AND there >= 0",
            name="rows_counted",
        ),
        Index("ix_imports_inquiry", "inquiry_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"))
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    state: Mapped[ImportState] = mapped_column(state_type(ImportState, "import_state"))
    # The file as it came lies in the file store under this hash until the import is finished or dropped.
    sha256: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(300))
    platform: Mapped[str] = mapped_column(String(40))
    format: Mapped[str] = mapped_column(String(80))
    mapping: Mapped[dict[str, Any]]
    # For rows that say nothing of it themselves.
    publication: Mapped[PublicationChoice] = mapped_column(
        state_type(PublicationChoice, "import_publication")
    )
    # The last row that was checked, then stored; counted as the spreadsheet counts.
    last_row: Mapped[int] = mapped_column(default=0)
    ready: Mapped[int] = mapped_column(default=0)
    faulty: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[int] = mapped_column(default=0)
    stored: Mapped[int] = mapped_column(default=0)
    there: Mapped[int] = mapped_column(default=0)
    new_types: Mapped[list[Any]]
    job_id: Mapped[int | None]
    begun_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    begun_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class ImportProblem(Base):
    """What is wrong with one cell of a spreadsheet, by the row and column that its reader sees."""

    __tablename__ = "import_problems"
    __table_args__ = (Index("ix_import_problems_import", "import_id", "row", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"))
    row: Mapped[int]
    column: Mapped[str] = mapped_column(String(3))
    message: Mapped[str] = mapped_column(Text)
