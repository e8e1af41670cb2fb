"""Cuts that a person made anew, and the passages that left the cut of their text by them.

A cut is append-only. Which passages have left repeats what follows from the cuts, so that queues and figures
need not look for the newest on each; a passage that a later cut brings back leaves the list again.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from consult.foundation.database import Base


class Recut(Base):
    """A person's cutting of some words of a text anew: where its passages lay before, and lie after."""

    __tablename__ = "recuts"

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"))
    source_text_id: Mapped[int] = mapped_column(ForeignKey("source_texts.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    # [[start, end]] in code points of the text.
    before: Mapped[list[Any]]
    after: Mapped[list[Any]]
    at: Mapped[datetime]


class LeftPassage(Base):
    """A passage in the place of which a person put others; what was coded on it stands on its words."""

    __tablename__ = "left_passages"

    passage_id: Mapped[int] = mapped_column(ForeignKey("passages.id"), primary_key=True)
    recut_id: Mapped[int] = mapped_column(ForeignKey("recuts.id"), index=True)
