"""Other platforms' spreadsheets: what their columns mean, and how far the import of each file is."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from consult.evidence.rules import PublicationChoice
from consult.evidence.rules_imports import ImportState
from consult.foundation.database import Base, state_type
from consult.foundation.file_keeping import names_files


class RememberedColumns(Base):
    """The mapping settled for an export's headings, for the next export with the same ones."""

    __tablename__ = "column_mappings"
    __table_args__ = (UniqueConstraint("call_id", "signature"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    # SHA-256 of the platform and every heading in its place.
    signature: Mapped[str] = mapped_column(String(64))
    mapping: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]


class SpreadsheetImport(Base):
    """A spreadsheet that a clerk gave for a call: what was settled of it, found in it and stored from it."""

    __tablename__ = "spreadsheet_imports"
    __table_args__ = (
        CheckConstraint("length(sha256) = 64", name="hash_length"),
        CheckConstraint("row_done >= 0 AND stored >= 0", name="rows_counted"),
        CheckConstraint("state = 'columns' OR mapping IS NOT NULL", name="columns_settled"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"), index=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(255))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    # The same while the file is needed; once it is let go, with all that people wrote in it, ERASED.
    kept_sha256: Mapped[str] = mapped_column(String(64), index=True)
    # Of responses that do not say.
    publication: Mapped[PublicationChoice] = mapped_column(
        state_type(PublicationChoice, "publication_choice")
    )
    state: Mapped[ImportState] = mapped_column(
        state_type(ImportState, "import_state"), default=ImportState.COLUMNS
    )
    mapping: Mapped[dict[str, Any] | None]
    # What reading every row has shown, as numbers.
    found: Mapped[dict[str, Any]] = mapped_column(default=dict)
    leave_out: Mapped[bool] = mapped_column(default=False)
    why_late: Mapped[str] = mapped_column(Text, default="")
    job_id: Mapped[int | None]
    # The row up to which everything is stored: an import that was broken off goes on after it.
    row_done: Mapped[int] = mapped_column(default=0)
    stored: Mapped[int] = mapped_column(default=0)
    begun_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class ImportProblem(Base):
    """What is wrong with one cell of a spreadsheet that is being imported."""

    __tablename__ = "import_problems"
    __table_args__ = (Index("ix_import_problems_rows", "import_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("spreadsheet_imports.id"))
    row: Mapped[int]
    column: Mapped[str] = mapped_column(String(8))
    message: Mapped[str] = mapped_column(Text)


names_files(SpreadsheetImport.kept_sha256)
