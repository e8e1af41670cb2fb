"""What the columns of other platforms' spreadsheets mean for a call."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from consult.foundation.database import Base


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
